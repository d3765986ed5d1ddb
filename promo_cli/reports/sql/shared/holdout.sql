/*
parameters:
  experiment: {type: text, help: "take this experiment's holdout; by default the one that the promotion was in"}
  control: {type: text, default: control, help: "the arm that did not get the promotion"}
*/
-- Who was held out of a promotion: of the experiment it was in, each unit with the arm it met first. Units are the
-- customers or stores that tills drew; a customer is known by a key or as a member.

CREATE OR REPLACE TEMP TABLE held_out AS
    WITH met AS (
        SELECT experiment, unit, arg_min(variant, (at_utc, event_id)) AS variant, min(business_date) AS met_on
        FROM exposures
        WHERE business_date <= last_known() AND asked_where(store_id, brand_id)
          AND (getvariable('experiment') IS NULL OR experiment = getvariable('experiment'))
        GROUP BY experiment, unit),
    tried AS (
        SELECT DISTINCT promotion_id, experiment, variant
        FROM (SELECT DISTINCT experiment, variant, store_id, bill_id FROM exposures)
        JOIN period_sales USING (store_id, bill_id)
        JOIN (SELECT event_id, promotion_id FROM period_uses WHERE stands) USING (event_id)),
    held AS (
        SELECT promotion_id, experiment, variant, variant != getvariable('control') AS treated
        FROM (SELECT DISTINCT promotion_id, experiment FROM tried)
        JOIN (SELECT DISTINCT experiment, variant FROM met) USING (experiment)
        LEFT JOIN (SELECT *, true AS used FROM tried) USING (promotion_id, experiment, variant)
        WHERE used OR variant = getvariable('control')),
    sizes AS (
        SELECT promotion_id, experiment, count(*) AS units FROM held JOIN met USING (experiment, variant) GROUP BY ALL),
    largest AS (SELECT promotion_id, arg_min(experiment, (-units, experiment)) AS experiment FROM sizes GROUP BY ALL)
    SELECT promotion_id, experiment, CASE WHEN treated THEN 'T' ELSE 'C' END AS arm, unit, met_on,
           unit IN (SELECT store_id FROM known_sales) AS is_store
    FROM held SEMI JOIN largest USING (promotion_id, experiment) JOIN met USING (experiment, variant);

CREATE OR REPLACE TEMP TABLE unit_persons AS
    SELECT unit, unit AS person FROM held_out WHERE NOT is_store
    UNION
    SELECT unit, person FROM held_out JOIN known_sales ON member_id = unit WHERE NOT is_store;
