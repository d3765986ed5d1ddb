/*
title: One promotion
help: What a promotion did in a period - its key figures, what it added, by day and store, on which products and for whom.
promotions: one
needs: [period, holdout, lift]
caveats:
  - Net is what customers paid on bills with the promotion, after returns. It is not incremental - many would have bought anyway.
*/
CREATE OR REPLACE TEMP TABLE uses AS SELECT * FROM period_users;
CREATE OR REPLACE TEMP TABLE unmatched AS SELECT * FROM period_unmatched;

CREATE OR REPLACE TEMP TABLE reach AS
    SELECT event_id, store_id, net FROM (FROM period_sales WHERE NOT voided) AS sales, period_spans
    WHERE (store_id, coalesce(channel, '')) IN (SELECT (store_id, channel) FROM period_places)
      AND business_date BETWEEN first_day AND last_day AND hour(at_local) BETWEEN first_hour AND last_hour;

/*
section: first
title: At a glance
show: headline
columns:
  uses: {title: uses, type: count, help: "completed bills with the promotion; voided and returned ones are taken off"}
  discount: {title: discount given, type: amount, help: "less what returns took back"}
  net: {title: net of bills with it, type: amount, help: "after returns; not incremental"}
*/
SELECT (SELECT count(*) FROM uses WHERE stands) AS uses,
       (SELECT coalesce(sum(given), 0) FROM uses) - (SELECT coalesce(sum(amount), 0) FROM unmatched) AS discount,
       (SELECT coalesce(sum(bill_net), 0) FROM uses WHERE stands) AS net;

/*
section: impact
title: What it changed
show: headline
statistic: impact
columns:
  impact: {title: change in net, type: amount, derived: true, interval: [impact_low, impact_high], help: "incremental only at grades A to D"}
  impact_low: {title: from, type: amount, derived: true}
  impact_high: {title: to, type: amount, derived: true}
  grade: {title: grade, type: text}
*/
FROM lift_evidence;

/*
section: trust
title: How far it can be trusted
show: caveats
statistic: caveats
columns:
  caveat: {title: Caveat, type: text}
*/
FROM lift_evidence;

/*
section: headline
title: Key figures
show: figures
columns:
  uses: {title: Uses, type: count, help: "completed bills with the promotion; voided and returned ones are taken off"}
  discount: {title: Discount given, type: amount, help: "less what returns took back"}
  net: {title: Net of bills with it, type: amount, help: "after returns; not incremental"}
  attributed: {title: "Of that, by share of discount", type: amount, derived: true, help: "a bill with several promotions is shared by their discounts; not incremental"}
  taken_back: {title: Uses taken back, type: count, help: "by voids and full returns"}
  penetration: {title: Penetration, type: percent, interval: [penetration_low, penetration_high], help: "of bills in the stores, channels, days and hours where it was used"}
  penetration_low: {title: from, type: percent, detail: true}
  penetration_high: {title: to, type: percent, detail: true}
  take_rate: {title: Take rate, type: percent, interval: [take_rate_low, take_rate_high], help: "bills with it, of all bills on which it was used or offered; empty without eligible events"}
  take_rate_low: {title: from, type: percent, detail: true}
  take_rate_high: {title: to, type: percent, detail: true}
  average_bill: {title: Average bill with it, type: amount, derived: true, interval: [average_low, average_high], help: "conditional on buying"}
  average_low: {title: from, type: amount, derived: true, detail: true}
  average_high: {title: to, type: amount, derived: true, detail: true}
  average_other: {title: Average bill without, type: amount, derived: true, help: "in the same stores, channels, days and hours"}
  customers: {title: Known customers, type: count}
  stores: {title: Stores with a use, type: count}
  stores_open: {title: Stores with sales, type: count}
  first_day: {title: First use, type: date}
  last_day: {title: Last use, type: date}
*/
WITH used AS (
    SELECT count(*) FILTER (stands) AS uses, coalesce(sum(given), 0) AS given,
           coalesce(sum(bill_net) FILTER (stands), 0) AS net,
           (SELECT coalesce(sum(attributed), 0) FROM period_attributed) AS attributed,
           count(*) FILTER (NOT stands) AS taken_back,
           count(DISTINCT person) FILTER (stands) AS customers,
           count(DISTINCT store_id) FILTER (stands) AS stores,
           min(business_date) FILTER (stands) AS first_day, max(business_date) FILTER (stands) AS last_day
    FROM uses),
-- Bills of one customer are not independent: the customer is the cluster; an unknown one's bill stands alone.
spent AS (
    SELECT coalesce(person, CAST(event_id AS VARCHAR)) AS cluster, sum(bill_net) AS net, count(*) AS bills
    FROM uses WHERE stands GROUP BY ALL),
spread AS (
    SELECT count(*) AS n, sum(net) AS y, sum(bills) AS x, sum(net * net) AS yy, sum(bills * bills) AS xx,
           sum(net * bills) AS xy
    FROM spent),
offered AS (
    SELECT count(DISTINCT event_id) AS bills, count(*) FILTER (passed) AS passed
    FROM (SELECT event_id, false AS passed FROM uses WHERE stands
          UNION ALL
          SELECT sales.event_id, true FROM eligible JOIN period_sales AS sales USING (store_id, bill_id)
          WHERE NOT voided AND asked_about(promotion_id))),
counted AS (SELECT count(*) AS here FROM reach)
SELECT uses, given - (SELECT coalesce(sum(amount), 0) FROM unmatched) AS discount, net, attributed, taken_back,
       share_of(uses, here) AS penetration, wilson_low(uses, here) AS penetration_low,
       wilson_high(uses, here) AS penetration_high,
       CASE WHEN passed > 0 THEN share_of(uses, offered.bills) END AS take_rate,
       CASE WHEN passed > 0 THEN wilson_low(uses, offered.bills) END AS take_rate_low,
       CASE WHEN passed > 0 THEN wilson_high(uses, offered.bills) END AS take_rate_high,
       amount_of(net, uses) AS average_bill, ratio_low(n, y, x, yy, xx, xy) AS average_low,
       ratio_high(n, y, x, yy, xx, xy) AS average_high,
       (SELECT amount_of(sum(net), count(*)) FROM reach ANTI JOIN (FROM uses WHERE stands) USING (event_id))
           AS average_other,
       customers, stores, (SELECT count(DISTINCT store_id) FROM period_sales) AS stores_open, first_day, last_day
FROM used, offered, counted, spread;

/*
section: lift
title: What it added
statistic: lift
chart: {kind: interval, x: code, y: change}
note: Grades - A customers held out, B stores drawn at random, C stores before and after, D synthetic control, E change only.
columns:
  code: {title: Promotion, type: text, detail: true}
  grade: {title: Grade, type: text}
  called: {title: It is, type: text, detail: true}
  change: {title: Change in net, type: amount, derived: true, interval: [change_low, change_high]}
  change_low: {title: from, type: amount, derived: true}
  change_high: {title: to, type: amount, derived: true}
  lift: {title: In percent, type: percent, detail: true, interval: [lift_low, lift_high], help: "of what the treated would have netted without it"}
  lift_low: {title: from, type: percent, detail: true}
  lift_high: {title: to, type: percent, detail: true}
  treated: {title: With it, type: count, detail: true, help: "customers, stores or days compared"}
  control: {title: Without, type: count, detail: true}
  method: {title: Method, type: text}
  remark: {title: Remark, type: text, detail: true}
*/
FROM lift_evidence;

/*
section: days
title: By day
depth: below
chart: {kind: line, x: day, y: discount}
columns:
  day: {title: Day, type: date}
  uses: {title: Uses, type: count, bar: true}
  discount: {title: Discount, type: amount}
  net: {title: Net of bills, type: amount}
*/
SELECT business_date AS day, count(*) FILTER (stands) AS uses, sum(given) AS discount,
       coalesce(sum(net) FILTER (stands), 0) AS net
FROM (SELECT business_date, stands, given, bill_net AS net FROM uses
      UNION ALL SELECT business_date, false, -amount, 0 FROM unmatched)
GROUP BY business_date ORDER BY business_date;

/*
section: hours
title: By weekday and hour
depth: below
chart: {kind: heatmap, x: hour, y: uses, series: weekday}
columns:
  weekday: {title: Weekday, type: text}
  hour: {title: Hour, type: count}
  uses: {title: Uses, type: count, bar: true}
*/
SELECT ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'][isodow(business_date)::INTEGER] AS weekday, hour,
       count(*) AS uses
FROM uses WHERE stands AND hour IS NOT NULL GROUP BY isodow(business_date), hour
ORDER BY isodow(business_date), hour;

/*
section: stores
title: By store
depth: below
chart: {kind: bar, x: store, y: uses}
columns:
  store: {title: Store, type: text}
  uses: {title: Uses, type: count, bar: true}
  discount: {title: Discount, type: amount}
  net: {title: Net of bills, type: amount}
  penetration: {title: Penetration, type: percent}
*/
SELECT store_id AS store, count(*) FILTER (stands) AS uses, sum(given) AS discount,
       coalesce(sum(net) FILTER (stands), 0) AS net, share_of(count(*) FILTER (stands), any_value(bills)) AS penetration
FROM (SELECT store_id, stands, given, bill_net AS net FROM uses
      UNION ALL SELECT store_id, false, -amount, 0 FROM unmatched)
LEFT JOIN (SELECT store_id, count(*) AS bills FROM reach GROUP BY store_id) USING (store_id)
GROUP BY store_id ORDER BY uses DESC, discount DESC, store;

/*
section: products
title: Top products
depth: below
chart: {kind: bar, x: product, y: discount}
columns:
  product: {title: Product, type: text}
  quantity: {title: Quantity, type: number, help: "units or kilograms on lines that the promotion discounted"}
  discount: {title: Discount, type: amount, bar: true}
  net: {title: Net of lines, type: amount}
*/
WITH lines AS (
    SELECT product_id, quantity, net, amount AS discount
    FROM bill_discounts SEMI JOIN asked_promotions USING (promotion_id) JOIN bill_lines USING (event_id, position)
    SEMI JOIN period_sales USING (event_id)
    UNION ALL
    SELECT product_id, -quantity, -net, -amount
    FROM refund_discounts SEMI JOIN asked_promotions USING (promotion_id) JOIN refund_lines USING (event_id, position)
    SEMI JOIN (
        SELECT returns.event_id FROM known_returns AS returns
        LEFT JOIN period_sales ON period_sales.event_id = bill_event_id
        WHERE period_sales.event_id IS NOT NULL OR bill_event_id IS NULL AND getvariable('channels') IS NULL
          AND asked_for(returns.business_date, returns.store_id, returns.brand_id)) AS back USING (event_id))
SELECT product_id AS product, sum(quantity) AS quantity, sum(discount) AS discount, sum(net) AS net
FROM lines GROUP BY product_id ORDER BY discount DESC, product LIMIT 10;

/*
section: channels
title: By channel
depth: below
columns:
  channel: {title: Channel, type: text}
  uses: {title: Uses, type: count, bar: true}
  discount: {title: Discount, type: amount}
  net: {title: Net of bills, type: amount}
*/
SELECT coalesce(channel, 'unknown') AS channel, count(*) FILTER (stands) AS uses, sum(given) AS discount,
       coalesce(sum(bill_net) FILTER (stands), 0) AS net
FROM uses GROUP BY ALL ORDER BY uses DESC, channel;

/*
section: tenders
title: By means of payment
depth: below
columns:
  method: {title: Paid with, type: text}
  uses: {title: Uses, type: count, bar: true, help: "a bill paid with two means counts at each"}
  amount: {title: Amount paid, type: amount}
*/
SELECT method, count(DISTINCT event_id) AS uses, sum(amount) AS amount
FROM tenders SEMI JOIN (FROM uses WHERE stands) USING (event_id)
GROUP BY method ORDER BY uses DESC, method;

/*
section: customers
title: By kind of customer
depth: below
suppress: customers
note: Rows about fewer than 10 customers are blanked, and others with them where they could be worked out.
columns:
  customer: {title: Customer, type: text}
  customers: {title: Customers, type: count, help: "known ones"}
  uses: {title: Uses, type: count, bar: true}
  discount: {title: Discount, type: amount}
  net: {title: Net of bills, type: amount}
*/
-- A customer who was new and then came again is in the row of the last visit, so that rows divide the customers.
WITH kinds AS (
    SELECT person, arg_max(coalesce(customer_type, 'unknown'), (stands, at_utc, event_id)) AS kind
    FROM uses WHERE person IS NOT NULL GROUP BY person)
SELECT coalesce(kind, 'not known') AS customer, count(DISTINCT person) FILTER (stands) AS customers,
       count(*) FILTER (stands) AS uses, sum(given) AS discount, coalesce(sum(bill_net) FILTER (stands), 0) AS net
FROM uses LEFT JOIN kinds USING (person) GROUP BY ALL ORDER BY uses DESC, customer;

/*
section: redemption
title: Redemption
depth: below
note: Vouchers - redeemed of delivered. Targeted - customers who used it, of those the experiment or the vouchers reached.
columns:
  rate_of: {title: Of, type: text}
  redeemed: {title: Redeemed, type: count}
  reached: {title: Out of, type: count, help: "vouchers delivered, or customers targeted; empty where nobody said"}
  repeats: {title: Repeats, type: count, help: "further redemptions of the same customers"}
  rate: {title: Rate, type: percent, interval: [rate_low, rate_high]}
  rate_low: {title: from, type: percent}
  rate_high: {title: to, type: percent}
*/
WITH last_state AS (
    SELECT voucher, arg_max(coalesce(status, 'redeemed'), (at_utc, event_id)) AS state
    FROM vouchers WHERE asked_for(business_date, store_id, brand_id) AND asked_about(promotion_id) GROUP BY voucher),
targeted AS (
    SELECT unit, count(uses.event_id) AS times
    FROM held_out LEFT JOIN unit_persons USING (unit) LEFT JOIN uses ON uses.person = unit_persons.person AND stands
    WHERE arm = 'T' AND NOT is_store GROUP BY unit),
found AS (
    SELECT 1 AS place, 'vouchers' AS rate_of, count(*) FILTER (state = 'redeemed') AS redeemed,
           NULL::BIGINT AS reached, NULL::BIGINT AS repeats
    FROM last_state HAVING count(*) > 0
    UNION ALL
    SELECT 2, 'targeted customers', count(*) FILTER (times > 0), count(*), sum(greatest(times - 1, 0))
    FROM targeted HAVING count(*) > 0)
SELECT rate_of, redeemed, reached, repeats, share_of(redeemed, reached) AS rate, wilson_low(redeemed, reached) AS rate_low,
       wilson_high(redeemed, reached) AS rate_high
FROM found ORDER BY place;

/*
section: effects
title: Elsewhere, by the same comparison
depth: below
statistic: effects
note: Of the same design as what it added; empty at grade E, where nothing says what would have happened anyway.
columns:
  code: {title: Promotion, type: text, detail: true}
  promoted: {title: Promoted units, type: number, interval: [promoted_low, promoted_high]}
  promoted_low: {title: from, type: number, detail: true}
  promoted_high: {title: to, type: number, detail: true}
  cannibalised: {title: Cannibalised, type: percent, interval: [cannibalised_low, cannibalised_high], help: "units that other products of their categories lost, per promoted unit gained"}
  cannibalised_low: {title: from, type: percent, detail: true}
  cannibalised_high: {title: to, type: percent, detail: true}
  halo: {title: Halo, type: amount, derived: true, interval: [halo_low, halo_high], help: "change in net of everything not promoted"}
  halo_low: {title: from, type: amount, derived: true, detail: true}
  halo_high: {title: to, type: amount, derived: true, detail: true}
  pulled_forward: {title: Pulled forward, type: amount, derived: true, interval: [pulled_forward_low, pulled_forward_high], help: "net missing in as many days after the end; empty until they are over"}
  pulled_forward_low: {title: from, type: amount, derived: true, detail: true}
  pulled_forward_high: {title: to, type: amount, derived: true, detail: true}
  customers: {title: New customers, type: number, interval: [customers_low, customers_high]}
  customers_low: {title: from, type: number, detail: true}
  customers_high: {title: to, type: number, detail: true}
*/
FROM lift_evidence;

/*
section: reasons
title: Why it was not given
depth: below
columns:
  reason: {title: Reason, type: text}
  times: {title: Times, type: count, bar: true}
  bills: {title: Bills, type: count}
*/
SELECT coalesce(reason_code, reason, 'unknown') AS reason, count(*) AS times, count(DISTINCT store_id || '/' || bill_id) AS bills
FROM logs WHERE status = 'rejected' AND asked_for(business_date, store_id, brand_id) AND asked_about(promotion_id)
GROUP BY ALL ORDER BY times DESC, reason LIMIT 10
