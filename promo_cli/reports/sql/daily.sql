/*
title: Day by day
help: Sales, promotions and discounts by business day, week and month.
needs: [period]
caveats:
  - A return counts on the day of the sale that it gives back, so past days still change a little.
*/
CREATE OR REPLACE TEMP TABLE by_day AS
    WITH sold AS (
        SELECT business_date, count(*) FILTER (NOT voided) AS bills, sum(net) AS net,
               count(DISTINCT store_id) AS stores, count(DISTINCT person) AS customers
        FROM period_sales GROUP BY business_date),
    used AS (
        SELECT business_date, count(*) AS uses FROM period_bills_with GROUP BY business_date),
    given AS (
        SELECT business_date, sum(amount) AS discount
        FROM (SELECT business_date, given AS amount FROM period_uses
              UNION ALL SELECT business_date, -amount FROM period_unmatched) GROUP BY business_date),
    back AS (
        SELECT business_date, sum(total_refund) AS returned FROM known_returns
        WHERE bill_event_id IS NULL AND getvariable('channels') IS NULL
          AND asked_for(business_date, store_id, brand_id) GROUP BY business_date)
    SELECT business_date AS day, coalesce(bills, 0) AS bills, coalesce(net, 0) AS net, coalesce(stores, 0) AS stores,
           coalesce(customers, 0) AS customers, coalesce(uses, 0) AS uses, coalesce(discount, 0) AS discount,
           coalesce(returned, 0) AS returned
    FROM sold FULL JOIN used USING (business_date) FULL JOIN given USING (business_date)
    FULL JOIN back USING (business_date);

/*
section: headline
title: At a glance
show: headline
columns:
  uses: {title: bills with a promotion, type: count}
  discount: {title: discount given, type: amount}
  net: {title: net of all bills, type: amount}
  bills: {title: bills, type: count}
*/
SELECT coalesce(sum(uses), 0) AS uses, coalesce(sum(discount), 0) AS discount, coalesce(sum(net), 0) AS net,
       coalesce(sum(bills), 0) AS bills FROM by_day;

/*
section: days
title: By day
chart: {kind: line, x: day, y: net}
columns:
  day: {title: Day, type: date}
  weekday: {title: Weekday, type: text}
  stores: {title: Stores, type: count, detail: true}
  bills: {title: Bills, type: count}
  uses: {title: With promo, type: count, detail: true}
  share: {title: With promo, type: percent}
  discount: {title: Discount, type: amount}
  net: {title: Net, type: amount, bar: true}
  average: {title: Average bill, type: amount, derived: true, detail: true}
  returned: {title: Other returns, type: amount, detail: true, help: "given back without a receipt; not taken off the net"}
*/
SELECT day, ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'][isodow(day)::INTEGER] AS weekday, stores, bills, uses,
       share_of(uses, bills) AS share, discount, net, amount_of(net, bills) AS average, returned
FROM by_day ORDER BY day;

/*
section: weeks
title: By week
depth: below
columns:
  week: {title: Week from, type: date, help: "its Monday; the first and the last may be cut by the period"}
  days: {title: Days, type: count}
  bills: {title: Bills, type: count}
  uses: {title: With promo, type: count}
  discount: {title: Discount, type: amount}
  net: {title: Net, type: amount, bar: true}
  returned: {title: Other returns, type: amount, detail: true}
*/
SELECT date_trunc('week', day)::DATE AS week, count(*) AS days, sum(bills) AS bills, sum(uses) AS uses,
       sum(discount) AS discount, sum(net) AS net, sum(returned) AS returned
FROM by_day GROUP BY ALL ORDER BY week;

/*
section: months
title: By month
depth: below
chart: {kind: bar, x: month, y: net}
columns:
  month: {title: Month from, type: date}
  days: {title: Days, type: count}
  bills: {title: Bills, type: count}
  uses: {title: With promo, type: count}
  discount: {title: Discount, type: amount}
  net: {title: Net, type: amount, bar: true}
  returned: {title: Other returns, type: amount, detail: true}
*/
SELECT date_trunc('month', day)::DATE AS month, count(*) AS days, sum(bills) AS bills, sum(uses) AS uses,
       sum(discount) AS discount, sum(net) AS net, sum(returned) AS returned
FROM by_day GROUP BY ALL ORDER BY month;

/*
section: promotions
title: The five largest promotions by day
depth: below
chart: {kind: line, x: day, y: discount, series: code}
columns:
  day: {title: Day, type: date}
  code: {title: Promotion, type: text}
  uses: {title: Uses, type: count}
  discount: {title: Discount, type: amount}
*/
SELECT business_date AS day, names.code, count(*) FILTER (stands) AS uses, sum(given) AS discount
FROM period_uses JOIN promotion_names AS names USING (promotion_id)
WHERE promotion_id IN (
    SELECT promotion_id FROM period_uses GROUP BY promotion_id ORDER BY sum(given) DESC, promotion_id LIMIT 5)
GROUP BY ALL ORDER BY day, discount DESC, names.code
