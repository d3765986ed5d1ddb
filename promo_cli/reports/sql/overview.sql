/*
title: Promotions at a glance
help: What every promotion did in a period - uses, discount given, and the bills it was on.
needs: [period]
caveats:
  - Net is what customers paid on bills with a promotion, after returns. It is not incremental - many would have bought anyway.
*/
CREATE OR REPLACE TEMP TABLE given AS
    SELECT promotion_id, business_date, sum(amount) AS amount
    FROM (SELECT promotion_id, business_date, given AS amount FROM period_uses
          UNION ALL SELECT promotion_id, business_date, -amount FROM period_unmatched) GROUP BY ALL;

-- A bill counts once, however many promotions it had.
CREATE OR REPLACE TEMP TABLE bills_with AS
    SELECT business_date, count(*) AS uses, sum(bill_net) AS net FROM period_bills_with GROUP BY business_date;

/*
section: headline
title: At a glance
show: headline
columns:
  uses: {title: bills with a promotion, type: count}
  discount: {title: discount given, type: amount}
  net: {title: net of these bills, type: amount}
  active: {title: promotions running, type: count, help: "on the last day looked at; by their files, or those used in its last seven days"}
  today: {title: discount on the last day, type: amount}
  week: {title: in its last 7 days, type: amount}
  month: {title: in its month so far, type: amount}
*/
SELECT (SELECT coalesce(sum(uses), 0) FROM bills_with) AS uses,
       (SELECT coalesce(sum(amount), 0) FROM given) AS discount,
       (SELECT coalesce(sum(net), 0) FROM bills_with) AS net,
       CASE WHEN (SELECT count(*) FROM ref_promotions) > 0
            THEN (SELECT count(*) FROM ref_promotions
                  WHERE active AND first_day <= last_known() AND coalesce(last_day, last_known()) >= last_known()
                    AND asked_about(promotion_id))
            ELSE (SELECT count(DISTINCT promotion_id) FROM period_uses WHERE stands AND business_date > last_known() - 7)
       END AS active,
       (SELECT coalesce(sum(amount), 0) FROM given WHERE business_date = last_known()) AS today,
       (SELECT coalesce(sum(amount), 0) FROM given WHERE business_date > last_known() - 7) AS week,
       (SELECT coalesce(sum(amount), 0) FROM given WHERE business_date >= date_trunc('month', last_known())) AS month;

/*
section: promotions
title: By promotion
chart: {kind: bar, x: code, y: discount}
columns:
  code: {title: Promotion, type: text}
  promotion_id: {title: Id, type: text, detail: true}
  name: {title: Name, type: text, detail: true}
  uses: {title: Uses, type: count, bar: true, help: "completed bills with the promotion; voided and returned ones are taken off"}
  discount: {title: Discount, type: amount, help: "discount given less what returns took back"}
  net: {title: Net of bills, type: amount, help: "what was paid for bills with the promotion, after returns; the total counts a bill once"}
  attributed: {title: Attributed net, type: amount, derived: true, detail: true, help: "the same, a bill with several promotions shared by their discounts; not incremental"}
  stores: {title: Stores, type: count, detail: true, help: "stores where it was used"}
  bills: {title: Bills in reach, type: count, detail: true, help: "bills in the stores, channels, days and hours where it was used"}
  penetration: {title: Penetration, type: percent, help: "uses by bills in reach"}
*/
WITH used AS (
    SELECT promotion_id, count(*) AS uses, sum(bill_net) AS net, count(DISTINCT store_id) AS stores
    FROM period_uses WHERE stands GROUP BY promotion_id),
shares AS (SELECT promotion_id, sum(attributed) AS attributed FROM period_attributed GROUP BY promotion_id),
discounts AS (SELECT promotion_id, sum(amount) AS discount FROM given GROUP BY promotion_id),
once AS (SELECT coalesce(sum(uses), 0) AS uses, coalesce(sum(net), 0) AS net FROM bills_with)
SELECT code, promotion_id, name, coalesce(uses, 0) AS uses, discount,
       coalesce(net, 0) AS net, coalesce(attributed, 0) AS attributed, coalesce(stores, 0) AS stores,
       coalesce(bills, 0) AS bills, share_of(uses, bills) AS penetration, false AS _total
FROM discounts LEFT JOIN used USING (promotion_id) LEFT JOIN shares USING (promotion_id)
LEFT JOIN period_reach USING (promotion_id) JOIN promotion_names USING (promotion_id)
UNION ALL
SELECT 'Total', NULL, NULL, uses, (SELECT coalesce(sum(discount), 0) FROM discounts), net, net,
       (SELECT count(DISTINCT store_id) FROM period_uses WHERE stands), here,
       share_of(uses, here), true
FROM once, (SELECT count(*) AS here FROM period_sales WHERE NOT voided)
ORDER BY _total, uses DESC, discount DESC, code, promotion_id;

/*
section: trend
title: Last 14 days
depth: below
chart: {kind: line, x: day, y: discount}
columns:
  day: {title: Day, type: date}
  uses: {title: Bills with a promotion, type: count, bar: true}
  discount: {title: Discount, type: amount}
  bills: {title: All bills, type: count}
  share: {title: With a promotion, type: percent}
*/
WITH days AS (
    SELECT business_date AS day, count(*) AS bills FROM period_sales WHERE NOT voided GROUP BY ALL),
used AS (SELECT business_date AS day, uses FROM bills_with),
discounts AS (SELECT business_date AS day, sum(amount) AS discount FROM given GROUP BY ALL)
SELECT day, coalesce(uses, 0) AS uses, coalesce(discount, 0) AS discount, coalesce(bills, 0) AS bills,
       share_of(coalesce(uses, 0), bills) AS share
FROM days FULL JOIN used USING (day) FULL JOIN discounts USING (day)
WHERE day > (SELECT max(day) FROM days) - 14 ORDER BY day;

/*
section: funders
title: Who pays for the discounts
depth: below
columns:
  funder: {title: Paid by, type: text}
  promotions: {title: Promotions, type: count}
  discount: {title: Discount, type: amount, bar: true}
*/
SELECT funder, count(DISTINCT promotion_id) AS promotions, sum(amount) AS discount
FROM given JOIN promotion_names USING (promotion_id) GROUP BY funder ORDER BY discount DESC, funder
