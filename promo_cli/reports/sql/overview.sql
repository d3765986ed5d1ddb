/*
title: Promotions at a glance
help: What every promotion did in a period - uses, discount given, and the bills it was on.
parameters:
  since: {type: date, help: "first business day"}
  until: {type: date, help: "last business day"}
  stores: {type: texts, help: "only these stores"}
needs: [period]
caveats:
  - Net is what customers paid on bills with the promotion, after returns. It is not incremental - many would have bought anyway.
*/

/*
section: promotions
title: By promotion
columns:
  code: {title: Promotion, type: text}
  promotion_id: {title: Id, type: text, detail: true}
  uses: {title: Uses, type: count, bar: true, help: "completed bills with the promotion; voided and returned ones are taken off"}
  discount: {title: Discount, type: amount, help: "discount given less what returns took back"}
  net: {title: Net of bills, type: amount, help: "what was paid for bills with the promotion, after returns; the total counts a bill once"}
  attributed: {title: Attributed net, type: amount, derived: true, detail: true, help: "the same, a bill with several promotions shared by their discounts"}
  stores: {title: Stores, type: count, detail: true, help: "stores where it was used"}
  bills: {title: Bills in reach, type: count, detail: true, help: "bills in the stores, channels, days and hours where it was used"}
  penetration: {title: Penetration, type: percent, help: "uses by bills in reach"}
*/
WITH used AS (
    SELECT promotion_id, count(*) AS uses, sum(bill_net) AS net, sum(attributed) AS attributed,
           list(DISTINCT store_id) AS stores, list(DISTINCT coalesce(channel, '')) AS channels,
           min(business_date) AS first_day, max(business_date) AS last_day,
           min(hour(at_local)) AS first_hour, max(hour(at_local)) AS last_hour
    FROM period_uses WHERE stands GROUP BY promotion_id),
given AS (
    SELECT promotion_id, max(code) AS code, sum(amount) AS discount
    FROM (SELECT promotion_id, code, discount - reversed AS amount FROM period_uses
          UNION ALL SELECT promotion_id, NULL, -amount FROM period_unmatched)
    GROUP BY promotion_id),
bills AS (
    SELECT store_id, coalesce(channel, '') AS channel, business_date, hour(at_local) AS hour, count(*) AS bills
    FROM period_sales WHERE NOT voided GROUP BY ALL),
reach AS (
    SELECT promotion_id, sum(bills) AS bills
    FROM used JOIN bills
      ON list_contains(stores, store_id) AND list_contains(channels, channel)
     AND business_date BETWEEN first_day AND last_day AND hour BETWEEN first_hour AND last_hour
    GROUP BY promotion_id),
once AS (
    SELECT count(*) AS uses, coalesce(sum(bill_net), 0) AS net
    FROM (SELECT DISTINCT event_id, bill_net FROM period_uses WHERE stands))
SELECT coalesce(code, promotion_id) AS code, promotion_id, coalesce(uses, 0) AS uses, discount,
       coalesce(net, 0) AS net, coalesce(attributed, 0) AS attributed, coalesce(len(stores), 0) AS stores,
       coalesce(bills, 0) AS bills, share_of(uses, bills) AS penetration, false AS _total
FROM given LEFT JOIN used USING (promotion_id) LEFT JOIN reach USING (promotion_id)
UNION ALL
SELECT 'Total', NULL, uses, (SELECT coalesce(sum(discount), 0) FROM given), net, net,
       (SELECT count(DISTINCT store_id) FROM period_uses WHERE stands), here,
       share_of(uses, here), true
FROM once, (SELECT count(*) AS here FROM period_sales WHERE NOT voided)
ORDER BY _total, uses DESC, discount DESC, code
