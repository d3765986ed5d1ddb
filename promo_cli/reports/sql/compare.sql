/*
title: Promotions side by side
help: What two promotions or more did in the same period, and what each added.
promotions: some
needs: [period, holdout, lift]
caveats:
  - Promotions ran at other places, hours and times; a larger figure is not yet a better promotion. Net is not incremental.
*/
CREATE OR REPLACE TEMP TABLE uses AS SELECT * FROM period_users;

/*
section: headline
title: At a glance
show: headline
columns:
  uses: {title: bills with any of them, type: count}
  discount: {title: discount given, type: amount}
  net: {title: net of these bills, type: amount}
*/
SELECT (SELECT count(DISTINCT event_id) FROM uses WHERE stands) AS uses,
       (SELECT coalesce(sum(given), 0) FROM uses) - (SELECT coalesce(sum(amount), 0) FROM period_unmatched) AS discount,
       (SELECT coalesce(sum(bill_net), 0) FROM (SELECT DISTINCT event_id, bill_net FROM uses WHERE stands)) AS net;

/*
section: compare
title: By promotion
chart: {kind: bar, x: code, y: discount}
columns:
  code: {title: Promotion, type: text}
  name: {title: Name, type: text, detail: true}
  uses: {title: Uses, type: count, bar: true}
  discount: {title: Discount, type: amount}
  net: {title: Net of bills, type: amount, detail: true}
  attributed: {title: Attributed, type: amount, derived: true, help: "net of bills, shared among their promotions by discount; not incremental"}
  per_use: {title: Per use, type: amount, derived: true, help: "discount by use"}
  average_bill: {title: Average bill, type: amount, derived: true, detail: true, interval: [average_low, average_high], help: "conditional on buying"}
  average_low: {title: from, type: amount, derived: true, detail: true}
  average_high: {title: to, type: amount, derived: true, detail: true}
  customers: {title: Known customers, type: count, detail: true}
  stores: {title: Stores, type: count, detail: true}
  days: {title: Days used, type: count, detail: true}
  penetration: {title: Penetration, type: percent, help: "of bills in the stores, channels, days and hours where it was used"}
*/
WITH used AS (
    SELECT promotion_id, count(*) FILTER (stands) AS uses, sum(given) AS given,
           coalesce(sum(bill_net) FILTER (stands), 0) AS net,
           count(DISTINCT person) FILTER (stands) AS customers, count(DISTINCT store_id) FILTER (stands) AS stores,
           count(DISTINCT business_date) FILTER (stands) AS days
    FROM uses GROUP BY promotion_id),
unmatched AS (SELECT promotion_id, sum(amount) AS amount FROM period_unmatched GROUP BY promotion_id),
spread AS (
    SELECT promotion_id, count(*) AS n, sum(net) AS y, sum(bills) AS x, sum(net * net) AS yy, sum(bills * bills) AS xx,
           sum(net * bills) AS xy
    FROM (SELECT promotion_id, coalesce(person, CAST(event_id AS VARCHAR)) AS cluster, sum(bill_net) AS net,
                 count(*) AS bills
          FROM uses WHERE stands GROUP BY ALL) GROUP BY promotion_id),
shares AS (SELECT promotion_id, sum(attributed) AS attributed FROM period_attributed GROUP BY promotion_id)
SELECT coalesce(code, promotion_id) AS code, coalesce(name, '') AS name, coalesce(uses, 0) AS uses,
       coalesce(given, 0) - coalesce(amount, 0) AS discount, coalesce(net, 0) AS net, coalesce(attributed, 0) AS attributed,
       amount_of(coalesce(given, 0) - coalesce(amount, 0), uses) AS per_use, amount_of(net, uses) AS average_bill,
       ratio_low(n, y, x, yy, xx, xy) AS average_low, ratio_high(n, y, x, yy, xx, xy) AS average_high,
       coalesce(customers, 0) AS customers, coalesce(stores, 0) AS stores, coalesce(days, 0) AS days,
       share_of(uses, bills) AS penetration
FROM asked_promotions LEFT JOIN used USING (promotion_id) LEFT JOIN unmatched USING (promotion_id)
LEFT JOIN spread USING (promotion_id) LEFT JOIN shares USING (promotion_id) LEFT JOIN period_reach USING (promotion_id) LEFT JOIN promotion_names USING (promotion_id)
ORDER BY discount DESC, code;

/*
section: lift
title: What each added
statistic: lift
chart: {kind: interval, x: code, y: change}
note: Only grades A to D are incremental; E is a change against the weeks before.
columns:
  code: {title: Promotion, type: text}
  grade: {title: Grade, type: text}
  called: {title: It is, type: text, detail: true}
  change: {title: Change in net, type: amount, derived: true, interval: [change_low, change_high]}
  change_low: {title: from, type: amount, derived: true}
  change_high: {title: to, type: amount, derived: true}
  lift: {title: In percent, type: percent, detail: true, interval: [lift_low, lift_high]}
  lift_low: {title: from, type: percent, detail: true}
  lift_high: {title: to, type: percent, detail: true}
  treated: {title: With it, type: count, detail: true}
  control: {title: Without, type: count, detail: true}
  method: {title: Method, type: text, detail: true}
  remark: {title: Remark, type: text, detail: true}
*/
FROM lift_evidence;

/*
section: together
title: How often they met on a bill
depth: below
chart: {kind: heatmap, x: code, y: bills, series: other}
columns:
  code: {title: Promotion, type: text}
  other: {title: With, type: text}
  bills: {title: Bills, type: count, bar: true}
  share: {title: Of its uses, type: percent}
*/
WITH stand AS (SELECT event_id, promotion_id, n.code FROM uses JOIN promotion_names AS n USING (promotion_id) WHERE stands),
    totals AS (SELECT promotion_id, count(*) AS uses FROM stand GROUP BY promotion_id)
SELECT one.code, two.code AS other, count(*) AS bills, share_of(count(*), any_value(uses)) AS share
FROM stand AS one JOIN stand AS two ON one.event_id = two.event_id AND one.promotion_id != two.promotion_id
JOIN totals ON totals.promotion_id = one.promotion_id
GROUP BY one.code, two.code ORDER BY one.code, bills DESC, other
