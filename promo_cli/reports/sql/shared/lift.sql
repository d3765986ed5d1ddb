/*
parameters:
  design: {type: text, help: "A to E; by default the best grade that the data allows"}
  treated_stores: {type: texts, help: "compare these stores; by default those where it was used"}
  control_stores: {type: texts, help: "with these; by default those where it never was"}
  margin_low: {type: number, default: "0.3", help: "gross margin to reckon with where costs are not known, at least"}
  margin_high: {type: number, default: "0.6", help: "the same, at most"}
*/
-- The evidence of what the asked promotions added: what comparable units came to with and without them. Estimates from
-- here on are floats; aggregates are taken in order, so that the same data gives the same last digit.

-- When each ran, as many whole weeks before it (2 to 8, as far as the data goes), and as many days after it.
CREATE OR REPLACE TEMP TABLE lift_windows AS
    WITH used AS (
        SELECT promotion_id, min(business_date) AS first_use, max(business_date) AS last_use
        FROM period_uses WHERE stands GROUP BY promotion_id),
    known AS (SELECT min(business_date) AS oldest, max(business_date) AS newest FROM known_sales),
    ran AS (
        SELECT promotion_id, oldest, newest,
               greatest(coalesce(first_day, first_use), coalesce(getvariable('from'), oldest), oldest) AS first_day,
               least(CASE WHEN first_day IS NULL THEN last_use ELSE coalesce(last_day, newest) END,
                     coalesce(getvariable('to'), newest), newest) AS last_day
        FROM asked_promotions LEFT JOIN used USING (promotion_id) LEFT JOIN ref_promotions USING (promotion_id), known),
    spans AS (
        SELECT *, CAST(last_day - first_day + 1 AS INTEGER) AS days,
               7 * least(8, greatest(2, ceil(days / 7))::INTEGER, CAST(first_day - oldest AS INTEGER) // 7) AS days_before
        FROM ran WHERE first_day <= last_day)
    SELECT promotion_id, first_day, last_day, days, days_before, first_day - days_before AS before_from,
           first_day - days_before // 2 AS before_half, last_day + days AS after_to, last_day + days <= newest AS is_after
    FROM spans;

-- Promoted are the products it discounted. Others of their categories could stand in for them.
CREATE OR REPLACE TEMP TABLE lift_products AS
    WITH catalogue AS (
        SELECT DISTINCT product_id, coalesce(ref.category, lines.category) AS category, cost
        FROM (SELECT product_id, max(category) AS category FROM bill_lines GROUP BY product_id) AS lines
        LEFT JOIN ref_products AS ref USING (product_id)),
    promoted AS (
        SELECT DISTINCT promotion_id, product_id FROM bill_discounts JOIN bill_lines USING (event_id, position)
        SEMI JOIN asked_promotions USING (promotion_id)),
    near AS (SELECT DISTINCT promotion_id, category FROM promoted JOIN catalogue USING (product_id))
    SELECT windows.promotion_id, product_id, cost, promoted.product_id IS NOT NULL AS promoted,
           promoted.product_id IS NULL AND near.category IS NOT NULL AS substitute
    FROM lift_windows AS windows CROSS JOIN catalogue
    LEFT JOIN promoted USING (promotion_id, product_id)
    LEFT JOIN near ON near.promotion_id = windows.promotion_id AND near.category = catalogue.category;

CREATE OR REPLACE TEMP TABLE lift_bills AS
    WITH near AS (
        SELECT promotion_id, event_id, store_id, business_date, sales.net, person, member_id, customer_key
        FROM lift_windows JOIN known_sales AS sales ON NOT voided AND business_date BETWEEN before_from AND after_to),
    detail AS (
        SELECT promotion_id, event_id, sum(list_amount) AS list, sum(quantity * cost) AS cost,
               bool_and(cost IS NOT NULL) AS costed, sum(lines.net) FILTER (NOT promoted) AS other,
               sum(quantity) FILTER (promoted) AS promoted, sum(quantity) FILTER (substitute) AS substitute
        FROM near JOIN known_lines AS lines USING (event_id) JOIN lift_products USING (promotion_id, product_id)
        GROUP BY ALL)
    SELECT near.*, coalesce(list, near.net) AS list, cost, coalesce(costed, false) AS costed,
           coalesce(other, 0) AS other, coalesce(promoted, 0) AS promoted, coalesce(substitute, 0) AS substitute
    FROM near LEFT JOIN detail USING (promotion_id, event_id);

CREATE OR REPLACE TEMP TABLE lift_facts AS
    WITH given AS (SELECT promotion_id, sum(given) AS given FROM period_uses GROUP BY promotion_id),
    promoted AS (
        SELECT promotion_id, sum(list_amount) AS list, sum(quantity * cost) AS cost, bool_and(cost IS NOT NULL) AS costed
        FROM period_uses AS uses JOIN known_lines USING (event_id) JOIN lift_products USING (promotion_id, product_id)
        WHERE stands AND promoted GROUP BY promotion_id),
    substitutes AS (SELECT promotion_id, bool_or(substitute) AS any_substitute FROM lift_products GROUP BY promotion_id),
    costs AS (SELECT promotion_id, bool_and(costed) AS all_costed FROM lift_bills GROUP BY promotion_id)
    SELECT promotion_id, coalesce(code, promotion_id) AS code, windows.first_day, windows.last_day, days, days_before,
           coalesce(given.given, 0) AS given, programme_cost, promoted.list AS promoted_list,
           CASE WHEN promoted.costed THEN promoted.cost END AS promoted_cost, coalesce(any_substitute, false) AS any_substitute,
           coalesce(all_costed, false) AS all_costed
    FROM asked_promotions LEFT JOIN promotion_names USING (promotion_id) LEFT JOIN lift_windows AS windows USING (promotion_id)
    LEFT JOIN given USING (promotion_id) LEFT JOIN promoted USING (promotion_id) LEFT JOIN substitutes USING (promotion_id)
    LEFT JOIN costs USING (promotion_id)
    LEFT JOIN (SELECT promotion_id, programme_cost FROM ref_promotions) USING (promotion_id);

CREATE OR REPLACE TEMP TABLE lift_units AS
    WITH unit_bills AS (
        SELECT promotion_id, unit, event_id
        FROM held_out JOIN unit_persons USING (unit) JOIN lift_bills USING (promotion_id, person)),
    life AS (
        SELECT unit, business_date, net
        FROM (SELECT DISTINCT unit FROM held_out WHERE NOT is_store) JOIN unit_persons USING (unit)
        JOIN known_sales USING (person) WHERE NOT voided),
    lives AS (
        SELECT promotion_id, unit, count(*) FILTER (business_date < met_on) = 0
                   AND count(*) FILTER (business_date BETWEEN met_on AND last_day) > 0 AS is_new,
               CASE WHEN any_value(met_on) + 90 <= any_value(newest) THEN
                   coalesce(sum(net) FILTER (business_date BETWEEN met_on AND met_on + 90), 0) END AS to_90,
               CASE WHEN any_value(met_on) + 180 <= any_value(newest) THEN
                   coalesce(sum(net) FILTER (business_date BETWEEN met_on AND met_on + 180), 0) END AS to_180
        FROM held_out JOIN lift_windows USING (promotion_id)
        CROSS JOIN (SELECT max(business_date) AS newest FROM known_sales)
        LEFT JOIN life USING (unit) WHERE NOT is_store GROUP BY promotion_id, unit),
    customers AS (
        SELECT promotion_id, arm, arms.unit, met_on AS met, bills.* EXCLUDE (promotion_id)
        FROM held_out AS arms LEFT JOIN unit_bills USING (promotion_id, unit)
        LEFT JOIN lift_bills AS bills USING (promotion_id, event_id) WHERE NOT is_store),
    firsts AS (SELECT person, min_by(store_id, (at_utc, event_id)) AS store_id, min(business_date) AS first_day
               FROM known_sales WHERE person IS NOT NULL AND NOT voided GROUP BY person),
    new_here AS (
        SELECT promotion_id, store_id, count(*) FILTER (firsts.first_day BETWEEN windows.first_day AND last_day) AS fresh,
               count(*) FILTER (firsts.first_day BETWEEN before_from AND windows.first_day - 1) AS fresh_before
        FROM lift_windows AS windows CROSS JOIN firsts GROUP BY ALL),
    users AS (
        SELECT DISTINCT promotion_id, store_id FROM period_uses WHERE stands),
    everywhere AS (
        SELECT promotion_id, store_id,
               CASE WHEN getvariable('treated_stores') IS NULL THEN users.store_id IS NOT NULL
                    ELSE list_contains(getvariable('treated_stores'), store_id) END AS treated,
               CASE WHEN getvariable('control_stores') IS NULL THEN users.store_id IS NULL
                    ELSE list_contains(getvariable('control_stores'), store_id) END AS untreated
        FROM (SELECT DISTINCT promotion_id, store_id FROM lift_bills) LEFT JOIN users USING (promotion_id, store_id)),
    stores AS (
        SELECT promotion_id, 'B' AS design, arm, unit AS store_id FROM held_out WHERE is_store
        UNION ALL
        SELECT promotion_id, 'C', CASE WHEN treated THEN 'T' ELSE 'C' END, store_id FROM everywhere
        WHERE treated != untreated),
    all_bills AS (
        SELECT promotion_id, 'A' AS design, arm, unit, business_date, met, net, list, cost, costed, promoted, substitute, other
        FROM customers
        UNION ALL
        SELECT promotion_id, design, arm, store_id, business_date, NULL, net, list, cost, costed, promoted, substitute, other
        FROM stores JOIN lift_bills USING (promotion_id, store_id)
        UNION ALL
        SELECT promotion_id, 'E', CASE WHEN business_date < first_day THEN 'C' ELSE 'T' END, CAST(business_date AS VARCHAR),
               business_date, NULL, net, list, cost, costed, promoted, substitute, other
        FROM everywhere JOIN lift_bills USING (promotion_id, store_id) JOIN lift_windows USING (promotion_id)
        WHERE treated AND business_date <= last_day),
    placed AS (
        SELECT *, business_date BETWEEN greatest(first_day, coalesce(met, first_day)) AND last_day OR design = 'E' AS during,
               business_date BETWEEN before_from AND first_day - 1 AND design != 'E' AS before,
               business_date > last_day AS later,
               business_date BETWEEN before_half AND first_day - 1 AS placebo_during,
               business_date BETWEEN before_from AND before_half - 1 AS placebo_before,
               days / nullif(days_before, 0) AS scale
        FROM all_bills JOIN lift_windows USING (promotion_id)),
    totals AS (
        SELECT promotion_id, design, arm, unit, any_value(scale) AS scale, any_value(days_before) AS days_before,
               any_value(is_after) AS is_after, count(*) FILTER (before) AS bills_before,
               coalesce(sum(net) FILTER (during), 0) AS net, coalesce(sum(net) FILTER (before), 0) AS net_x,
               coalesce(sum(list) FILTER (during), 0) AS list, coalesce(sum(list) FILTER (before), 0) AS list_x,
               coalesce(sum(cost) FILTER (during), 0) AS cost, coalesce(sum(cost) FILTER (before), 0) AS cost_x,
               coalesce(sum(promoted) FILTER (during), 0) AS promoted, coalesce(sum(promoted) FILTER (before), 0) AS promoted_x,
               coalesce(sum(substitute) FILTER (during), 0) AS substitute,
               coalesce(sum(substitute) FILTER (before), 0) AS substitute_x,
               coalesce(sum(other) FILTER (during), 0) AS other, coalesce(sum(other) FILTER (before), 0) AS other_x,
               coalesce(sum(net) FILTER (later), 0) AS later,
               coalesce(sum(net) FILTER (placebo_during), 0) AS placebo,
               coalesce(sum(net) FILTER (placebo_before), 0) AS placebo_x
        FROM placed GROUP BY promotion_id, design, arm, unit)
    SELECT totals.*, is_new::INTEGER AS is_new, to_90, to_180, fresh, fresh_before
    FROM totals
    LEFT JOIN lives ON design = 'A' AND lives.promotion_id = totals.promotion_id AND lives.unit = totals.unit
    LEFT JOIN new_here ON design IN ('B', 'C') AND new_here.promotion_id = totals.promotion_id AND store_id = totals.unit
    -- A store without sales before has no trend, and a day is compared with days before only.
    WHERE (design != 'C' OR bills_before > 0 AND days_before > 0) AND (design != 'E' OR days_before > 0);

CREATE OR REPLACE TEMP TABLE lift_samples AS
    WITH outcomes AS (
        SELECT promotion_id, design, arm, unit, unnest([
            {'outcome': 'net', 'y': net, 'x': net_x * s},
            {'outcome': 'low', 'y': net - (1 - getvariable('margin_low')) * list,
                               'x': (net_x - (1 - getvariable('margin_low')) * list_x) * s},
            {'outcome': 'high', 'y': net - (1 - getvariable('margin_high')) * list,
                                'x': (net_x - (1 - getvariable('margin_high')) * list_x) * s},
            {'outcome': 'contribution', 'y': CASE WHEN all_costed THEN net - cost END, 'x': (net_x - cost_x) * s},
            {'outcome': 'promoted', 'y': CASE WHEN design != 'E' THEN promoted END, 'x': promoted_x * s},
            {'outcome': 'substitute', 'y': CASE WHEN design != 'E' AND any_substitute THEN substitute END, 'x': substitute_x * s},
            -- Of both together, for the covariance that a ratio needs.
            {'outcome': 'both', 'y': CASE WHEN design != 'E' AND any_substitute THEN promoted + substitute END,
                                'x': (promoted_x + substitute_x) * s},
            {'outcome': 'other', 'y': CASE WHEN design != 'E' THEN other END, 'x': other_x * s},
            {'outcome': 'later', 'y': CASE WHEN design != 'E' AND is_after THEN later END, 'x': net_x * s},
            {'outcome': 'placebo', 'y': CASE WHEN design = 'C' AND days_before >= 14 THEN placebo END, 
                            'x': placebo_x * (days_before // 2) / (days_before - days_before // 2)},
            {'outcome': 'new', 'y': CASE WHEN design = 'A' THEN is_new ELSE fresh END, 'x': coalesce(fresh_before * s, 0)},
            {'outcome': 'to_90', 'y': to_90, 'x': 0},
            {'outcome': 'to_180', 'y': to_180, 'x': 0}
        ]) AS found
        FROM (SELECT *, coalesce(CASE WHEN design = 'A' THEN 1 ELSE scale END, 0) AS s FROM lift_units)
        JOIN (SELECT promotion_id, all_costed, any_substitute FROM lift_facts) USING (promotion_id)),
    numbers AS (
        SELECT promotion_id, design, arm, unit, found.outcome AS outcome, found.y::DOUBLE AS y, found.x::DOUBLE AS x
        FROM outcomes WHERE found.y IS NOT NULL)
    SELECT promotion_id, design, outcome, arm, count(*) AS n, avg(y ORDER BY unit) AS mean,
           var_samp(y ORDER BY unit) AS variance, avg(x ORDER BY unit) AS before,
           var_samp(x ORDER BY unit) AS before_variance, covar_samp(y, x ORDER BY unit) AS covariance
    FROM numbers GROUP BY ALL;

-- For a synthetic control: each store's net by day, before and during.
CREATE OR REPLACE TEMP TABLE lift_days AS
    WITH days AS (
        SELECT promotion_id, store_id, sum(net) AS net, business_date FROM lift_bills GROUP BY ALL),
    stores AS (SELECT promotion_id, unit AS store_id, arm FROM lift_units WHERE design = 'C'),
    grid AS (
        SELECT promotion_id, store_id, arm, first_day, unnest(generate_series(before_from, last_day, INTERVAL 1 DAY))::DATE
                   AS business_date
        FROM stores JOIN lift_windows USING (promotion_id) WHERE days_before >= 7)
    SELECT promotion_id, arm, store_id AS unit,
           list(coalesce(net, 0)::DOUBLE ORDER BY business_date) FILTER (business_date < first_day) AS days_before,
           list(coalesce(net, 0)::DOUBLE ORDER BY business_date) FILTER (business_date >= first_day) AS days_after
    FROM grid LEFT JOIN days USING (promotion_id, store_id, business_date) GROUP BY ALL;

CREATE OR REPLACE TEMP VIEW lift_evidence AS
    SELECT facts.* EXCLUDE (days_before), getvariable('design') AS wanted, getvariable('margin_low') AS margin_low,
           getvariable('margin_high') AS margin_high, found.* EXCLUDE (promotion_id)
    FROM lift_facts AS facts
    LEFT JOIN (FROM lift_samples UNION ALL BY NAME SELECT 'D' AS design, * FROM lift_days) AS found USING (promotion_id)
    ORDER BY code, promotion_id, design, outcome, arm, unit;
