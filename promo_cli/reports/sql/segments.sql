/*
title: Customers
help: Who buys, who used the promotions, and what they are worth - by recency, frequency and money, tier, kind, channel.
needs: [period]
parameters:
  recent: {type: number, default: "30", help: "a customer is recent up to so many days after the last bill"}
  gone: {type: number, default: "90", help: "and gone after so many"}
  often: {type: number, default: "5", help: "bills that make a frequent customer"}
caveats:
  - Only customers with a key or a membership are in here; most unknown ones buy once and are never seen again.
*/
-- The year before the last day looked at, or the period where one is given.
CREATE OR REPLACE TEMP TABLE customers AS
    WITH span AS (
        SELECT least(coalesce(getvariable('to'), last_known()), last_known()) AS until,
               coalesce(getvariable('from'), until - 364) AS since),
    bought AS (
        SELECT person, count(*) AS bills, sum(net) AS net, max(business_date) AS last_day,
               arg_max(coalesce(channel, 'unknown'), (at_utc, event_id)) AS channel,
               arg_max(customer_type, (at_utc, event_id)) AS customer_type
        FROM known_sales, span
        WHERE NOT voided AND person IS NOT NULL AND business_date BETWEEN since AND until GROUP BY person),
    first_bills AS (
        SELECT person, min(business_date) AS first_day FROM known_sales WHERE NOT voided AND person IS NOT NULL GROUP BY person),
    tiers AS (
        SELECT person_of(customer_key, member_id) AS person, arg_max(member_tier, (at_utc, event_id)) AS tier
        FROM bills WHERE member_tier IS NOT NULL AND business_date <= last_known() GROUP BY ALL),
    uses AS (
        SELECT person, count(*) FILTER (stands) AS uses, sum(given) AS discount
        FROM period_users, span WHERE business_date BETWEEN since AND until AND person IS NOT NULL GROUP BY person),
    cuts AS (
        SELECT quantile_disc(net, 1 / 3) AS low, quantile_disc(net, 2 / 3) AS high FROM bought)
    SELECT person, bills, net, channel, tier, coalesce(uses, 0) AS uses, coalesce(discount, 0) AS discount,
           CAST(until - last_day AS INTEGER) AS days, first_day >= since AND bills > 0 AND first_day > until - 30 AS is_new,
           low, high, CASE WHEN until - last_day <= getvariable('recent') THEN 3
                           WHEN until - last_day <= getvariable('gone') THEN 2 ELSE 1 END AS r,
           CASE WHEN bills >= getvariable('often') THEN 3 WHEN bills > 1 THEN 2 ELSE 1 END AS f,
           CASE WHEN net > high THEN 3 WHEN net > low THEN 2 ELSE 1 END AS m
    FROM bought JOIN first_bills USING (person) LEFT JOIN tiers USING (person) LEFT JOIN uses USING (person), span, cuts;

CREATE OR REPLACE TEMP TABLE segmented AS
    SELECT *, CASE WHEN r = 3 AND f = 3 AND m = 3 THEN 1 WHEN r >= 2 AND f = 3 THEN 2 WHEN r >= 2 AND m = 3 THEN 3
                   WHEN r = 3 AND f = 1 THEN 4 WHEN r = 3 THEN 5 WHEN r = 2 THEN 6 WHEN f >= 2 THEN 7 ELSE 8 END AS place
    FROM customers;

CREATE OR REPLACE TEMP TABLE segments AS
    SELECT * FROM (VALUES
        (1, 'Champions', 'recent, frequent, top third by net'), (2, 'Loyal', 'frequent, not gone'),
        (3, 'Big spenders', 'top third by net, not gone'), (4, 'New or once', 'recent, one bill'),
        (5, 'Promising', 'recent, 2 bills or more'), (6, 'Cooling', 'neither recent nor gone'),
        (7, 'At risk', 'gone, 2 bills or more'), (8, 'Lost', 'gone, one bill')) AS named(place, segment, rule);

-- What every table says of its rows.
CREATE OR REPLACE TEMP MACRO summed(by_column) AS TABLE
    SELECT by_column AS kind, count(*) AS customers, sum(bills) AS bills, sum(net) AS net,
           count(*) FILTER (uses > 0) AS users, sum(uses) AS uses, sum(discount) AS discount
    FROM segmented GROUP BY by_column;

/*
section: headline
title: At a glance
show: headline
columns:
  uses: {title: uses by known customers, type: count}
  discount: {title: discount given to them, type: amount}
  net: {title: their net, type: amount}
  customers: {title: known customers, type: count}
  known: {title: their share of bills, type: percent}
*/
SELECT coalesce(sum(uses), 0) AS uses, coalesce(sum(discount), 0) AS discount, coalesce(sum(net), 0) AS net,
       count(*) AS customers,
       (SELECT share_of(count(person), count(*)) FROM period_sales WHERE NOT voided) AS known
FROM segmented;

/*
section: segments
title: By recency, frequency and money
suppress: {customers: [], users: [used, uses, discount]}
chart: {kind: bar, x: segment, y: customers}
columns:
  segment: {title: Segment, type: text}
  customers: {title: Customers, type: count, bar: true}
  bills: {title: Bills, type: count, detail: true}
  net: {title: Net, type: amount}
  share: {title: Of net, type: percent}
  users: {title: Used one, type: count, detail: true, help: "customers who used a promotion, or the asked ones"}
  used: {title: Used one, type: percent, help: "of the segment's customers, those who used a promotion, or the asked ones"}
  uses: {title: Uses, type: count, detail: true}
  discount: {title: Discount, type: amount}
*/
SELECT * EXCLUDE (place) FROM (
SELECT segment, customers, bills, net, share_of(net, sum(net) OVER ()) AS share, users, share_of(users, customers) AS used,
       uses, discount, false AS _total, place
FROM (SELECT segment, place, coalesce(customers, 0) AS customers, coalesce(bills, 0) AS bills, coalesce(net, 0) AS net,
             coalesce(users, 0) AS users, coalesce(uses, 0) AS uses, coalesce(discount, 0) AS discount
      FROM segments LEFT JOIN summed(place) AS found ON found.kind = place)
UNION ALL
SELECT 'Total', count(*), sum(bills), sum(net), 1, count(*) FILTER (uses > 0), share_of(count(*) FILTER (uses > 0), count(*)),
       sum(uses), sum(discount), true, 9
FROM segmented HAVING count(*) > 0) ORDER BY place;

/*
section: thresholds
title: What makes a segment
depth: below
columns:
  segment: {title: Segment, type: text}
  rule: {title: Rule, type: text, help: "the first that fits"}
*/
SELECT segment, rule FROM (
    SELECT place, segment, rule FROM segments
    UNION ALL SELECT 10, 'recent', 'at most ' || getvariable('recent') || ' days since the last bill'
    UNION ALL SELECT 11, 'gone', 'more than ' || getvariable('gone') || ' days since the last bill'
    UNION ALL SELECT 12, 'frequent', getvariable('often') || ' bills or more'
    UNION ALL SELECT 13, 'top third', 'net above ' || coalesce(regexp_replace(max(high)::VARCHAR, '\.?0+$', ''), 'n/a') FROM customers
) ORDER BY place;

/*
section: tiers
title: By tier
depth: below
suppress: {customers: [], users: [used, discount]}
note: As the till knew it at the last bill; none for tills that do not say.
columns:
  tier: {title: Tier, type: text}
  customers: {title: Customers, type: count, bar: true}
  net: {title: Net, type: amount}
  per_customer: {title: Each, type: amount, derived: true}
  users: {title: Used one, type: count, detail: true}
  used: {title: Used one, type: percent}
  discount: {title: Discount, type: amount}
*/
SELECT coalesce(kind, 'none') AS tier, customers, net, amount_of(net, customers) AS per_customer,
       users, share_of(users, customers) AS used, discount
FROM summed(tier) ORDER BY customers DESC, tier;

/*
section: kinds
title: New and returning
depth: below
suppress: {customers: [], users: [used, discount]}
note: New - the first bill ever is at most 30 days old.
columns:
  kind: {title: Customer, type: text}
  customers: {title: Customers, type: count, bar: true}
  net: {title: Net, type: amount}
  per_customer: {title: Each, type: amount, derived: true}
  users: {title: Used one, type: count, detail: true}
  used: {title: Used one, type: percent}
  discount: {title: Discount, type: amount}
*/
SELECT CASE WHEN kind THEN 'new' ELSE 'returning' END AS kind, customers, net, amount_of(net, customers) AS per_customer,
       users, share_of(users, customers) AS used, discount
FROM summed(is_new) AS found ORDER BY customers DESC, 1;

/*
section: channels
title: By channel
depth: below
suppress: {customers: [], users: [used, discount]}
note: A customer is counted at the channel of the last bill.
columns:
  channel: {title: Channel, type: text}
  customers: {title: Customers, type: count, bar: true}
  net: {title: Net, type: amount}
  per_customer: {title: Each, type: amount, derived: true}
  users: {title: Used one, type: count, detail: true}
  used: {title: Used one, type: percent}
  discount: {title: Discount, type: amount}
*/
SELECT kind AS channel, customers, net, amount_of(net, customers) AS per_customer, users, share_of(users, customers) AS used, discount
FROM summed(channel) ORDER BY customers DESC, channel;

/*
section: repeats
title: How often customers used one
depth: below
suppress: customers
columns:
  times: {title: Uses, type: text}
  customers: {title: Customers, type: count, bar: true}
  discount: {title: Discount, type: amount}
  net: {title: Their net, type: amount}
*/
SELECT CASE WHEN uses >= 4 THEN '4 or more' ELSE CAST(uses AS VARCHAR) END AS times, count(*) AS customers,
       sum(discount) AS discount, sum(net) AS net
FROM segmented GROUP BY ALL ORDER BY times
