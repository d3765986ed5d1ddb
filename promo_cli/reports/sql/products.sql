/*
title: Products
help: What was sold, what was discounted, and by which promotions.
needs: [period]
parameters:
  top: {type: number, default: "30", help: "how many products to list"}
caveats:
  - Units on lines with a discount were not necessarily sold because of it.
*/
CREATE OR REPLACE TEMP TABLE by_product AS
    WITH lines AS (
        SELECT product_id, category, quantity, list_amount, net FROM known_lines SEMI JOIN period_sales USING (event_id)),
    discounted AS (
        SELECT product_id, sum(quantity) AS quantity, sum(amount) AS discount
        FROM (SELECT event_id, position, sum(amount) AS amount FROM bill_discounts WHERE asked_about(promotion_id)
              GROUP BY ALL)
        JOIN bill_lines USING (event_id, position) SEMI JOIN (FROM period_sales WHERE NOT voided) USING (event_id)
        GROUP BY product_id),
    back AS (
        SELECT product_id, sum(quantity) AS quantity, sum(amount) AS discount
        FROM (SELECT event_id, position, sum(amount) AS amount FROM refund_discounts WHERE asked_about(promotion_id)
              GROUP BY ALL)
        JOIN refund_lines USING (event_id, position) JOIN known_returns AS returns USING (event_id)
        SEMI JOIN (FROM period_sales WHERE NOT voided) AS bought ON bought.event_id = returns.bill_event_id
        GROUP BY product_id)
    SELECT product_id, coalesce(max(lines.category), '') AS category, sum(lines.quantity) AS quantity,
           sum(lines.list_amount) AS list, sum(lines.net) AS net,
           coalesce(any_value(discounted.quantity), 0) - coalesce(any_value(back.quantity), 0) AS discounted,
           coalesce(any_value(discounted.discount), 0) - coalesce(any_value(back.discount), 0) AS discount
    FROM lines LEFT JOIN discounted USING (product_id) LEFT JOIN back USING (product_id) GROUP BY product_id;

/*
section: headline
title: At a glance
show: headline
columns:
  discounted: {title: units with a discount, type: number}
  discount: {title: discount given, type: amount}
  net: {title: net of all lines, type: amount}
  products: {title: products sold, type: count}
*/
SELECT coalesce(sum(discounted), 0) AS discounted, coalesce(sum(discount), 0) AS discount, coalesce(sum(net), 0) AS net,
       count(*) AS products FROM by_product;

/*
section: products
title: Top products
chart: {kind: bar, x: product, y: net}
note: By net, after returns. A bill that was voided counts nowhere; a return without a receipt is not taken off.
columns:
  product: {title: Product, type: text}
  name: {title: Name, type: text, detail: true}
  category: {title: Category, type: text, detail: true}
  quantity: {title: Quantity, type: number, help: "units or kilograms, after returns"}
  net: {title: Net, type: amount, bar: true}
  discounted: {title: Discounted, type: percent, help: "share of the quantity on lines with a discount"}
  discount: {title: Discount, type: amount}
  rate: {title: Rate, type: percent, help: "discount by list price of all units"}
  margin: {title: Margin, type: percent, detail: true, help: "after discounts, where the cost is known"}
*/
SELECT product_id AS product, coalesce(ref.name, '') AS name, coalesce(nullif(by_product.category, ''), ref.category, '') AS category,
       quantity, net, share_of(discounted, quantity) AS discounted, discount, share_of(discount, list) AS rate,
       share_of(net - quantity * cost, net) AS margin
FROM by_product LEFT JOIN ref_products AS ref USING (product_id)
ORDER BY net DESC, product LIMIT (SELECT $top::BIGINT);

/*
section: categories
title: By category
depth: below
chart: {kind: bar, x: category, y: net}
columns:
  category: {title: Category, type: text}
  products: {title: Products, type: count}
  quantity: {title: Quantity, type: number}
  net: {title: Net, type: amount, bar: true}
  discount: {title: Discount, type: amount}
  rate: {title: Rate, type: percent}
*/
SELECT coalesce(nullif(by_product.category, ''), ref.category, 'none') AS category, count(*) AS products,
       sum(quantity) AS quantity, sum(net) AS net, sum(discount) AS discount, share_of(sum(discount), sum(list)) AS rate
FROM by_product LEFT JOIN ref_products AS ref USING (product_id) GROUP BY ALL ORDER BY net DESC, category;

/*
section: together
title: Bought together
depth: below
note: Pairs of products on one bill. Lift above 1 - more often together than chance would have it.
columns:
  product: {title: Product, type: text}
  other: {title: With, type: text}
  bills: {title: Bills, type: count, bar: true}
  share: {title: Of its bills, type: percent}
  lift: {title: Lift, type: ratio}
*/
WITH chosen AS (SELECT product_id FROM by_product ORDER BY net DESC, product_id LIMIT 50),
    baskets AS (
        SELECT DISTINCT event_id, product_id FROM bill_lines SEMI JOIN chosen USING (product_id)
        SEMI JOIN (FROM period_sales WHERE NOT voided) USING (event_id)),
    alone AS (SELECT product_id, count(*) AS bills FROM baskets GROUP BY product_id),
    counted AS (SELECT count(*) AS bills FROM period_sales WHERE NOT voided)
SELECT one.product_id AS product, two.product_id AS other, count(*) AS bills,
       share_of(count(*), any_value(a.bills)) AS share,
       CAST(round(count(*) * any_value(counted.bills)::DOUBLE / (any_value(a.bills) * any_value(b.bills)), 4) AS DECIMAL(12,4)) AS lift
FROM baskets AS one JOIN baskets AS two ON one.event_id = two.event_id AND one.product_id < two.product_id
JOIN alone AS a ON a.product_id = one.product_id JOIN alone AS b ON b.product_id = two.product_id CROSS JOIN counted
GROUP BY one.product_id, two.product_id HAVING count(*) >= 5 ORDER BY bills DESC, product, other LIMIT 15
