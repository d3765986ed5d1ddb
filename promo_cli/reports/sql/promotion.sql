/*
title: One promotion
help: What a promotion did in a period - its key figures, by day and store, on which products and for whom.
parameters:
  code: {type: text, required: true, help: "the promotion's code or id"}
  since: {type: date, help: "first business day"}
  until: {type: date, help: "last business day"}
  stores: {type: texts, help: "only these stores"}
needs: [period]
caveats:
  - Net is what customers paid on bills with the promotion, after returns. It is not incremental - many would have bought anyway.
*/
CREATE OR REPLACE TEMP TABLE chosen AS
    SELECT DISTINCT promotion_id FROM (
        SELECT promotion_id, code FROM applications UNION SELECT promotion_id, code FROM usages
        UNION SELECT promotion_id, code FROM eligible UNION SELECT promotion_id, NULL FROM logs)
    WHERE lower(code) = lower($code) OR promotion_id = $code;

CREATE OR REPLACE TEMP TABLE chosen_uses AS
    SELECT *, discount - reversed AS given FROM period_uses SEMI JOIN chosen USING (promotion_id);

CREATE OR REPLACE TEMP TABLE chosen_unmatched AS
    SELECT * FROM period_unmatched SEMI JOIN chosen USING (promotion_id);

-- Bills in the stores, channels, days and hours where the promotion was used: those it could have been used on.
CREATE OR REPLACE TEMP TABLE reach AS
    WITH used AS (
        SELECT list(DISTINCT store_id) AS stores, list(DISTINCT coalesce(channel, '')) AS channels,
               min(business_date) AS first_day, max(business_date) AS last_day,
               min(hour(at_local)) AS first_hour, max(hour(at_local)) AS last_hour
        FROM chosen_uses WHERE stands)
    SELECT event_id, store_id, business_date, net FROM period_sales, used
    WHERE NOT voided AND list_contains(stores, store_id) AND list_contains(channels, coalesce(channel, ''))
      AND business_date BETWEEN first_day AND last_day AND hour(at_local) BETWEEN first_hour AND last_hour;

/*
section: headline
title: Key figures
show: figures
columns:
  uses: {title: Uses, type: count, help: "completed bills with the promotion; voided and returned ones are taken off"}
  discount: {title: Discount given, type: amount, help: "less what returns took back"}
  net: {title: Net of bills with it, type: amount, help: "after returns; not incremental"}
  attributed: {title: "Of that, by share of discount", type: amount, derived: true, help: "a bill with several promotions is shared by their discounts"}
  taken_back: {title: Uses taken back, type: count, help: "by voids and full returns"}
  penetration: {title: Penetration, type: percent, help: "of bills in the stores, channels, days and hours where it was used"}
  take_rate: {title: Take rate, type: percent, help: "bills with it, of all bills on which it was used or offered; empty without eligible events"}
  average_bill: {title: Average bill with it, type: amount, derived: true, help: "conditional on buying"}
  average_other: {title: Average bill without, type: amount, derived: true, help: "in the same stores, channels, days and hours"}
  customers: {title: Known customers, type: count}
  stores: {title: Stores with a use, type: count}
  stores_open: {title: Stores with sales, type: count}
  first_day: {title: First use, type: date}
  last_day: {title: Last use, type: date}
*/
WITH used AS (
    SELECT count(*) FILTER (stands) AS uses, coalesce(sum(given), 0) AS given,
           coalesce(sum(bill_net) FILTER (stands), 0) AS net, coalesce(sum(attributed), 0) AS attributed,
           count(*) FILTER (NOT stands) AS taken_back,
           count(DISTINCT coalesce(member_id, customer_key)) FILTER (stands) AS customers,
           count(DISTINCT store_id) FILTER (stands) AS stores,
           min(business_date) FILTER (stands) AS first_day, max(business_date) FILTER (stands) AS last_day
    FROM chosen_uses),
offered AS (
    SELECT count(DISTINCT store_id || '/' || bill_id) AS bills, count(*) FILTER (passed) AS passed
    FROM (SELECT store_id, bill_id, false AS passed FROM chosen_uses WHERE stands
          UNION ALL
          SELECT store_id, bill_id, true FROM eligible SEMI JOIN chosen USING (promotion_id)
          WHERE asked_for(business_date, store_id)))
SELECT uses, given - (SELECT coalesce(sum(amount), 0) FROM chosen_unmatched) AS discount, net, attributed, taken_back,
       share_of(uses, (SELECT count(*) FROM reach)) AS penetration,
       CASE WHEN passed > 0 THEN share_of(uses, offered.bills) END AS take_rate,
       amount_of(net, uses) AS average_bill,
       (SELECT amount_of(sum(net), count(*)) FROM reach ANTI JOIN (FROM chosen_uses WHERE stands) USING (event_id))
           AS average_other,
       customers, stores, (SELECT count(DISTINCT store_id) FROM period_sales) AS stores_open, first_day, last_day
FROM used, offered;

/*
section: days
title: By day
columns:
  day: {title: Day, type: date}
  uses: {title: Uses, type: count, bar: true}
  discount: {title: Discount, type: amount}
  net: {title: Net of bills, type: amount}
*/
SELECT business_date AS day, count(*) FILTER (stands) AS uses, sum(given) AS discount,
       coalesce(sum(net) FILTER (stands), 0) AS net
FROM (SELECT business_date, stands, given, bill_net AS net FROM chosen_uses
      UNION ALL SELECT business_date, false, -amount, 0 FROM chosen_unmatched)
GROUP BY business_date ORDER BY business_date;

/*
section: stores
title: By store
columns:
  store: {title: Store, type: text}
  uses: {title: Uses, type: count, bar: true}
  discount: {title: Discount, type: amount}
  net: {title: Net of bills, type: amount}
  penetration: {title: Penetration, type: percent}
*/
SELECT store_id AS store, count(*) FILTER (stands) AS uses, sum(given) AS discount,
       coalesce(sum(net) FILTER (stands), 0) AS net, share_of(count(*) FILTER (stands), any_value(bills)) AS penetration
FROM (SELECT store_id, stands, given, bill_net AS net FROM chosen_uses
      UNION ALL SELECT store_id, false, -amount, 0 FROM chosen_unmatched)
LEFT JOIN (SELECT store_id, count(*) AS bills FROM reach GROUP BY store_id) USING (store_id)
GROUP BY store_id ORDER BY uses DESC, discount DESC, store;

/*
section: products
title: Top products
columns:
  product: {title: Product, type: text}
  quantity: {title: Quantity, type: number, help: "units or kilograms on lines that the promotion discounted"}
  discount: {title: Discount, type: amount, bar: true}
  net: {title: Net of lines, type: amount}
*/
WITH lines AS (
    SELECT product_id, quantity, net, amount AS discount
    FROM bill_discounts SEMI JOIN chosen USING (promotion_id) JOIN bill_lines USING (event_id, position)
    SEMI JOIN period_sales USING (event_id)
    UNION ALL
    SELECT product_id, -quantity, -net, -amount
    FROM refund_discounts SEMI JOIN chosen USING (promotion_id) JOIN refund_lines USING (event_id, position)
    SEMI JOIN (
        SELECT returns.event_id FROM returns LEFT JOIN bills ON bills.event_id = bill_event_id
        WHERE asked_for(coalesce(bills.business_date, returns.business_date), coalesce(bills.store_id, returns.store_id))
    ) AS back USING (event_id))
SELECT product_id AS product, sum(quantity) AS quantity, sum(discount) AS discount, sum(net) AS net
FROM lines GROUP BY product_id ORDER BY discount DESC, product LIMIT 10;

/*
section: tenders
title: By means of payment
columns:
  method: {title: Paid with, type: text}
  uses: {title: Uses, type: count, bar: true, help: "a bill paid with two means counts at each"}
  amount: {title: Amount paid, type: amount}
*/
SELECT method, count(DISTINCT event_id) AS uses, sum(amount) AS amount
FROM tenders SEMI JOIN (FROM chosen_uses WHERE stands) USING (event_id)
GROUP BY method ORDER BY uses DESC, method;

/*
section: customers
title: By kind of customer
columns:
  customer: {title: Customer, type: text}
  uses: {title: Uses, type: count, bar: true}
  discount: {title: Discount, type: amount}
  net: {title: Net of bills, type: amount}
*/
SELECT coalesce(customer_type, 'unknown') AS customer, count(*) FILTER (stands) AS uses, sum(given) AS discount,
       coalesce(sum(bill_net) FILTER (stands), 0) AS net
FROM chosen_uses GROUP BY customer ORDER BY uses DESC, customer
