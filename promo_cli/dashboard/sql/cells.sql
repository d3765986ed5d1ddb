/*
title: What the dashboard's filters add up
help: Uses and sales by promotion, business day, store and brand, so small that a page can sum up any selection of them.
needs: [period]
*/

/*
section: uses
title: Uses
columns:
  promotion_id: {title: Promotion, type: text}
  code: {title: Code, type: text}
  day: {title: Day, type: date}
  store: {title: Store, type: text}
  brand: {title: Brand, type: text}
  uses: {title: Uses, type: count}
  discount: {title: Discount, type: amount}
  net: {title: Net of bills, type: amount}
*/
WITH placed AS (
    SELECT promotion_id, uses.business_date, uses.store_id, sales.brand_id, stands, given, bill_net
    FROM period_uses AS uses JOIN (SELECT event_id, brand_id FROM period_sales) AS sales USING (event_id)
    UNION ALL
    SELECT promotion_id, business_date, store_id, NULL, false, -amount, 0 FROM period_unmatched),
summed AS (
    SELECT promotion_id, business_date AS day, store_id AS store, coalesce(brand_id, '') AS brand,
           count(*) FILTER (stands) AS uses, sum(given) AS discount,
           coalesce(sum(bill_net) FILTER (stands), 0) AS net
    FROM placed GROUP BY promotion_id, business_date, store_id, coalesce(brand_id, ''))
SELECT promotion_id, names.code, day, store, brand, uses, discount, net
FROM summed JOIN promotion_names AS names USING (promotion_id) ORDER BY promotion_id, day, store, brand;

/*
section: sales
title: Sales
columns:
  day: {title: Day, type: date}
  store: {title: Store, type: text}
  brand: {title: Brand, type: text}
  bills: {title: Bills, type: count}
  having: {title: With a promotion, type: count}
  discount: {title: Discount, type: amount}
  net: {title: Net, type: amount}
*/
WITH given AS (
    SELECT event_id, sum(given) AS discount, bool_or(stands) AS stands FROM period_uses GROUP BY event_id)
SELECT business_date AS day, store_id AS store, coalesce(brand_id, '') AS brand,
       count(*) FILTER (NOT voided) AS bills, count(*) FILTER (NOT voided AND stands) AS having,
       coalesce(sum(discount), 0) AS discount, coalesce(sum(net), 0) AS net
FROM (SELECT business_date, store_id, brand_id, voided, given.stands, given.discount, net
      FROM period_sales LEFT JOIN given USING (event_id)
      UNION ALL
      SELECT business_date, store_id, NULL, true, false, -amount, 0 FROM period_unmatched)
GROUP BY business_date, store_id, coalesce(brand_id, '')
ORDER BY day, store, brand;
