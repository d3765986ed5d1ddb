/*
parameters:
  from: {type: date, help: "first business day"}
  to: {type: date, help: "last business day"}
  promotions: {type: texts, help: "only these promotions, by code or id"}
  brands: {type: texts, help: "only bills of these brands"}
  stores: {type: texts, help: "only these stores"}
  channels: {type: texts, help: "only these channels"}
  as_of: {type: date, help: "as if on this business day; by default the newest there is"}
*/
-- The sales, uses and returns that a report is asked for. Nothing after `as_of` is looked at, so that the same question
-- about a day gives the same answer later.

CREATE OR REPLACE TEMP MACRO named(names, name) AS
    names IS NULL OR list_contains(list_transform(names, lambda each: lower(each)), lower(coalesce(name, '')));
CREATE OR REPLACE TEMP MACRO last_known() AS coalesce(getvariable('as_of'), DATE '9999-12-31');
CREATE OR REPLACE TEMP MACRO in_period(day) AS
    day BETWEEN coalesce(getvariable('from'), DATE '0001-01-01')
        AND least(coalesce(getvariable('to'), DATE '9999-12-31'), last_known());
CREATE OR REPLACE TEMP MACRO asked_where(store, brand) AS
    named(getvariable('stores'), store) AND named(getvariable('brands'), brand);
CREATE OR REPLACE TEMP MACRO asked_for(day, store, brand) AS in_period(day) AND asked_where(store, brand);

CREATE OR REPLACE TEMP MACRO share_of(part, whole) AS CAST(round(part / nullif(whole, 0), 6) AS DECIMAL(12,6));

-- An average amount to two places, rounded half up in whole numbers, because amounts are never binary fractions.
CREATE OR REPLACE TEMP MACRO amount_of(amount, number) AS
    CAST((2 * CAST(1000 * amount AS HUGEINT) + 10 * number) // nullif(20 * number, 0) AS DECIMAL(30,0)) * 0.01;

CREATE OR REPLACE TEMP MACRO person_of(customer_key, member_id) AS coalesce(customer_key, 'member:' || member_id);

CREATE OR REPLACE TEMP TABLE asked_promotions AS
    SELECT DISTINCT promotion_id FROM (
        SELECT promotion_id, code FROM ref_promotions UNION ALL SELECT promotion_id, code FROM bill_discounts
        UNION ALL SELECT promotion_id, code FROM usages UNION ALL SELECT promotion_id, code FROM eligible
        UNION ALL SELECT promotion_id, NULL FROM logs)
    WHERE getvariable('promotions') IS NOT NULL
      AND (named(getvariable('promotions'), code) OR named(getvariable('promotions'), promotion_id));
CREATE OR REPLACE TEMP MACRO asked_about(promotion) AS
    getvariable('promotions') IS NULL OR promotion IN (SELECT promotion_id FROM asked_promotions);

-- Each return with the bill it gives back: the one of that number at the same store, or else the only one anywhere.
CREATE OR REPLACE TEMP TABLE known_returns AS
    WITH wanted AS (
        SELECT store_id, bill_id, event_id FROM bills
        WHERE bill_id IN (SELECT original_bill_id FROM refunds WHERE original_bill_id IS NOT NULL)),
    here AS (SELECT store_id, bill_id, min(event_id) AS event_id FROM wanted GROUP BY ALL),
    anywhere AS (SELECT bill_id, min(event_id) AS event_id FROM wanted GROUP BY bill_id HAVING count(*) = 1)
    SELECT refunds.event_id, refunds.store_id, refunds.brand_id, refunds.business_date, refunds.kind,
           refunds.total_refund, coalesce(here.event_id, anywhere.event_id) AS bill_event_id
    FROM refunds
    LEFT JOIN here ON here.store_id = refunds.store_id AND here.bill_id = refunds.original_bill_id
    LEFT JOIN anywhere ON anywhere.bill_id = refunds.original_bill_id
    WHERE refunds.business_date <= last_known();

-- What is left of bills that something was given back of.
CREATE OR REPLACE TEMP TABLE known_back AS
    SELECT bill_event_id AS event_id, sum(total_refund) AS refunded, bool_or(kind = 'void') AS voided
    FROM known_returns WHERE bill_event_id IS NOT NULL GROUP BY bill_event_id;

-- Every completed bill up to `as_of`, on any day, at the asked places: `net` is what was paid less what was given back.
CREATE OR REPLACE TEMP VIEW known_sales AS
    SELECT bills.event_id, bills.bill_id, bills.store_id, bills.brand_id, bills.channel, bills.business_date,
           bills.at_local, bills.at_utc, bills.member_id, bills.customer_key, bills.customer_type,
           person_of(bills.customer_key, bills.member_id) AS person, bills.subtotal, bills.total_discount,
           bills.final_amount, coalesce(back.voided, false) AS voided,
           CASE WHEN back.voided THEN 0 ELSE bills.final_amount - coalesce(back.refunded, 0) END AS net
    FROM bills LEFT JOIN known_back AS back USING (event_id)
    WHERE bills.business_date <= last_known() AND asked_where(bills.store_id, bills.brand_id)
      AND named(getvariable('channels'), bills.channel);

CREATE OR REPLACE TEMP VIEW period_sales AS SELECT * FROM known_sales WHERE in_period(business_date);

CREATE OR REPLACE TEMP VIEW known_rewards AS
    SELECT event_id, reward.promotion_id, reward.code
    FROM (SELECT event_id, unnest(from_json(rewards, '[{"promotion_id":"VARCHAR","code":"VARCHAR"}]')) AS reward
          FROM bills WHERE rewards IS NOT NULL)
    WHERE reward.promotion_id IS NOT NULL;

-- What each promotion gave on each bill, and what returns took back of that. A reward (points, cashback) gives no
-- discount but is a use as well. A use stands until its bill is voided or all of its discount was given back.
CREATE OR REPLACE TEMP VIEW known_given AS
    WITH every AS (
        SELECT event_id, promotion_id, amount FROM bill_discounts
        UNION ALL
        SELECT event_id, promotion_id, 0 FROM known_rewards),
    -- Bills of which nothing is asked need not be summed up.
    near AS (
        FROM every WHERE getvariable('promotions') IS NULL
        UNION ALL
        FROM every WHERE getvariable('promotions') IS NOT NULL
          AND event_id IN (SELECT event_id FROM every SEMI JOIN asked_promotions USING (promotion_id))),
    given AS (
        SELECT event_id, promotion_id, sum(amount) AS discount FROM near GROUP BY event_id, promotion_id),
    back AS (
        SELECT bill_event_id AS event_id, promotion_id, sum(amount) AS reversed
        FROM refund_discounts JOIN known_returns USING (event_id) WHERE bill_event_id IS NOT NULL GROUP BY ALL)
    SELECT given.*, coalesce(back.reversed, 0) AS reversed,
           given.discount = 0 OR coalesce(back.reversed, 0) < given.discount AS kept
    FROM given LEFT JOIN back USING (event_id, promotion_id);

-- Every use in the period on the bills that had an asked promotion: a bill's net is shared among all that it had. The
-- one large table: who bought, and what a promotion is called, is looked up where it is needed.
CREATE OR REPLACE TEMP TABLE period_applied AS
    SELECT sales.event_id, sales.store_id, sales.channel, sales.business_date, hour(sales.at_local)::UTINYINT AS hour,
           sales.net AS bill_net, given.promotion_id, given.discount,
           CASE WHEN sales.voided THEN given.discount ELSE given.reversed END AS reversed,
           NOT sales.voided AND given.kept AS stands
    FROM known_given AS given JOIN period_sales AS sales USING (event_id);

CREATE OR REPLACE TEMP VIEW period_uses AS
    SELECT *, discount - reversed AS given FROM period_applied WHERE asked_about(promotion_id);
CREATE OR REPLACE TEMP VIEW period_users AS
    SELECT uses.*, person, customer_type, at_utc
    FROM period_uses AS uses JOIN (SELECT event_id, person, customer_type, at_utc FROM known_sales) USING (event_id);

-- Bills on which several promotions stand: only they have to be shared out, and kept from counting twice.
CREATE OR REPLACE TEMP TABLE period_several AS
    SELECT event_id FROM period_applied WHERE stands GROUP BY event_id HAVING count(*) > 1;
CREATE OR REPLACE TEMP VIEW period_bills_with AS
    SELECT event_id, store_id, business_date, bill_net FROM period_uses ANTI JOIN period_several USING (event_id) WHERE stands
    UNION ALL
    SELECT DISTINCT event_id, store_id, business_date, bill_net
    FROM period_uses SEMI JOIN period_several USING (event_id) WHERE stands;

-- `attributed` shares a bill's net among its standing promotions by what they gave (equally where none gave any),
-- rounded down to thousandths; the largest takes the rest. Only bills with several need that.
CREATE OR REPLACE TEMP VIEW period_attributed AS
    WITH weighed AS (
        SELECT event_id, promotion_id, bill_net, sum(discount - reversed) OVER bill AS given_on_bill,
               row_number() OVER (bill ORDER BY discount - reversed DESC, promotion_id) AS place,
               CAST(1000 * CASE WHEN given_on_bill > 0 THEN discount - reversed ELSE 1 END AS HUGEINT) AS weight
        FROM period_applied SEMI JOIN period_several USING (event_id) WHERE stands WINDOW bill AS (PARTITION BY event_id)),
    shared AS (
        SELECT *, CAST(1000 * bill_net AS HUGEINT) * weight // sum(weight) OVER (PARTITION BY event_id) AS share
        FROM weighed)
    SELECT promotion_id, CAST(bill_net AS DECIMAL(30,3)) AS attributed
    FROM period_uses ANTI JOIN period_several USING (event_id) WHERE stands
    UNION ALL
    SELECT promotion_id, CAST(attributed AS DECIMAL(30,3)) FROM (
        SELECT promotion_id,
               CASE WHEN place > 1 THEN CAST(share AS DECIMAL(30,0)) * 0.001
                    ELSE bill_net - CAST(sum(share) OVER (PARTITION BY event_id) - share AS DECIMAL(30,0)) * 0.001
               END AS attributed
        FROM shared)
    WHERE asked_about(promotion_id);

-- Returns without a receipt give discounts back too; they count on their own day.
CREATE OR REPLACE TEMP VIEW period_unmatched AS
    SELECT returns.store_id, returns.business_date, promotion_id, code, amount
    FROM refund_discounts JOIN known_returns AS returns USING (event_id)
    WHERE bill_event_id IS NULL AND getvariable('channels') IS NULL
      AND asked_for(returns.business_date, returns.store_id, returns.brand_id) AND asked_about(promotion_id);

-- What each line of a bill came to, with what was given back of it taken off. Without a receipt nothing is taken off.
CREATE OR REPLACE TEMP VIEW known_lines AS
    SELECT event_id, product_id, category, brand, quantity, list_amount, net FROM bill_lines
    ANTI JOIN (FROM known_back WHERE voided) USING (event_id)
    UNION ALL
    SELECT returns.bill_event_id, product_id, category, brand, -quantity, -list_amount, -net
    FROM refund_lines JOIN known_returns AS returns USING (event_id)
    ANTI JOIN (FROM known_back WHERE voided) AS gone ON gone.event_id = returns.bill_event_id
    WHERE returns.bill_event_id IS NOT NULL;

-- What a promotion is called: by its file, or as tills have it.
CREATE OR REPLACE TEMP VIEW promotion_names AS
    SELECT promotion_id, coalesce(max(ref_promotions.code), max(tills.code), promotion_id) AS code,
           coalesce(max(ref_promotions.name), '') AS name, max(coalesce(funder, 'company')) AS funder
    FROM (SELECT promotion_id, max(code) AS code FROM bill_discounts GROUP BY promotion_id
          UNION ALL SELECT promotion_id, max(code) FROM refund_discounts GROUP BY promotion_id
          UNION ALL SELECT promotion_id, max(code) FROM known_rewards GROUP BY promotion_id) AS tills
    FULL JOIN ref_promotions USING (promotion_id) GROUP BY promotion_id;

-- Where and when each promotion was used: bills in these stores, channels, days and hours are those it could reach.
CREATE OR REPLACE TEMP VIEW period_spans AS
    SELECT promotion_id, min(business_date) AS first_day, max(business_date) AS last_day, min(hour) AS first_hour,
           max(hour) AS last_hour
    FROM period_uses WHERE stands GROUP BY promotion_id;
CREATE OR REPLACE TEMP VIEW period_places AS
    FROM (SELECT DISTINCT promotion_id, store_id FROM period_uses WHERE stands)
    JOIN (SELECT DISTINCT promotion_id, coalesce(channel, '') AS channel FROM period_uses WHERE stands) USING (promotion_id);

-- How many bills each could reach. Bills are counted once for each span of hours, and by running sums over days.
CREATE OR REPLACE TEMP VIEW period_reach AS
    WITH hours AS (SELECT DISTINCT first_hour, last_hour FROM period_spans),
    counted AS (
        SELECT store_id, coalesce(channel, '') AS channel, business_date, hour(at_local) AS hour, count(*) AS bills
        FROM period_sales WHERE NOT voided GROUP BY ALL),
    daily AS (
        SELECT store_id, channel, first_hour, last_hour, business_date, sum(bills) AS bills
        FROM counted JOIN hours ON hour BETWEEN first_hour AND last_hour GROUP BY ALL),
    running AS (
        SELECT * EXCLUDE (bills), sum(bills) OVER (
            PARTITION BY store_id, channel, first_hour, last_hour ORDER BY business_date) AS so_far
        FROM daily),
    wanted AS (FROM period_places JOIN period_spans USING (promotion_id)),
    ends AS (
        SELECT promotion_id, store_id, channel, first_hour, last_hour, last_day AS day, 1 AS sign FROM wanted
        UNION ALL
        SELECT promotion_id, store_id, channel, first_hour, last_hour, first_day - 1, -1 FROM wanted)
    SELECT promotion_id, CAST(sum(sign * so_far) AS BIGINT) AS bills
    FROM ends ASOF JOIN running
      ON ends.store_id = running.store_id AND ends.channel = running.channel
     AND ends.first_hour = running.first_hour AND ends.last_hour = running.last_hour AND ends.day >= running.business_date
    GROUP BY promotion_id;
