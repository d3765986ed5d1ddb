/*
title: Stores
help: Sales, promotions and discounts by store.
needs: [period]
caveats:
  - Stores differ in size, hours and customers; compare shares rather than sums.
*/
CREATE OR REPLACE TEMP TABLE by_store AS
    WITH sold AS (
        SELECT store_id, count(*) FILTER (NOT voided) AS bills, sum(net) AS net FROM period_sales GROUP BY store_id),
    used AS (
        SELECT store_id, uses, promotions
        FROM (SELECT store_id, count(*) AS uses FROM period_bills_with GROUP BY store_id)
        JOIN (SELECT store_id, count(DISTINCT promotion_id) AS promotions FROM period_uses WHERE stands GROUP BY store_id)
        USING (store_id)),
    given AS (
        SELECT store_id, sum(amount) AS discount
        FROM (SELECT store_id, given AS amount FROM period_uses UNION ALL SELECT store_id, -amount FROM period_unmatched)
        GROUP BY store_id),
    back AS (
        SELECT store_id, sum(total_refund) AS refunds FROM known_returns
        WHERE asked_for(business_date, store_id, brand_id) GROUP BY store_id)
    SELECT store_id, coalesce(bills, 0) AS bills, coalesce(net, 0) AS net, coalesce(uses, 0) AS uses,
           coalesce(promotions, 0) AS promotions, coalesce(discount, 0) AS discount, coalesce(refunds, 0) AS refunds
    FROM sold FULL JOIN used USING (store_id) FULL JOIN given USING (store_id) LEFT JOIN back USING (store_id);

/*
section: headline
title: At a glance
show: headline
columns:
  uses: {title: bills with a promotion, type: count}
  discount: {title: discount given, type: amount}
  net: {title: net of all bills, type: amount}
  stores: {title: stores with sales, type: count}
*/
SELECT coalesce(sum(uses), 0) AS uses, coalesce(sum(discount), 0) AS discount, coalesce(sum(net), 0) AS net,
       count(*) FILTER (bills > 0) AS stores FROM by_store;

/*
section: stores
title: By store
chart: {kind: bar, x: store, y: discount}
columns:
  store: {title: Store, type: text}
  name: {title: Name, type: text, detail: true}
  region: {title: Region, type: text, detail: true}
  bills: {title: Bills, type: count}
  uses: {title: With promo, type: count, detail: true, help: "bills with at least one promotion"}
  share: {title: With promo, type: percent, help: "of its bills"}
  promotions: {title: Promotions, type: count, detail: true, help: "different ones used"}
  discount: {title: Discount, type: amount, bar: true}
  net: {title: Net, type: amount}
  discount_share: {title: Rate, type: percent, help: "discount by what bills would have come to without it"}
  refunds: {title: Given back, type: amount, detail: true, help: "refunds and voids on these days"}
*/
SELECT store_id AS store, coalesce(name, '') AS name, coalesce(region, '') AS region, bills, uses,
       share_of(uses, bills) AS share, promotions, discount, net, share_of(discount, net + discount) AS discount_share,
       refunds, false AS _total
FROM by_store LEFT JOIN ref_stores USING (store_id)
UNION ALL
SELECT 'Total', '', '', sum(bills), sum(uses), share_of(sum(uses), sum(bills)),
       (SELECT count(DISTINCT promotion_id) FROM period_uses WHERE stands), sum(discount), sum(net),
       share_of(sum(discount), sum(net) + sum(discount)), sum(refunds), true
FROM by_store HAVING count(*) > 0
ORDER BY _total, discount DESC, store;

/*
section: regions
title: By region
depth: below
chart: {kind: bar, x: region, y: discount}
columns:
  region: {title: Region, type: text}
  stores: {title: Stores, type: count}
  bills: {title: Bills, type: count}
  share: {title: With promo, type: percent}
  discount: {title: Discount, type: amount, bar: true}
  net: {title: Net, type: amount}
*/
SELECT coalesce(region, 'unknown') AS region, count(*) AS stores, sum(bills) AS bills, share_of(sum(uses), sum(bills)) AS share,
       sum(discount) AS discount, sum(net) AS net
FROM by_store LEFT JOIN ref_stores USING (store_id) GROUP BY ALL ORDER BY discount DESC, region;

/*
section: promotions
title: Where the ten largest promotions are used
depth: below
chart: {kind: heatmap, x: code, y: uses, series: store}
columns:
  code: {title: Promotion, type: text}
  store: {title: Store, type: text}
  uses: {title: Uses, type: count, bar: true}
  discount: {title: Discount, type: amount}
*/
SELECT names.code, store_id AS store, count(*) AS uses, sum(given) AS discount
FROM period_uses JOIN promotion_names AS names USING (promotion_id)
WHERE stands AND promotion_id IN (
    SELECT promotion_id FROM period_uses GROUP BY promotion_id ORDER BY sum(given) DESC, promotion_id LIMIT 10)
GROUP BY ALL ORDER BY names.code, uses DESC, store
