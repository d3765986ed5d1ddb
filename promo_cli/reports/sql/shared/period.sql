-- The sales, uses and returns of the period and stores that a report is asked for.

CREATE OR REPLACE TEMP MACRO asked_for(day, store) AS
    day BETWEEN coalesce(getvariable('since'), DATE '0001-01-01') AND coalesce(getvariable('until'), DATE '9999-12-31')
    AND (getvariable('stores') IS NULL OR list_contains(getvariable('stores'), store));

CREATE OR REPLACE TEMP MACRO share_of(part, whole) AS CAST(round(part / nullif(whole, 0), 6) AS DECIMAL(12,6));

-- An average amount to two places, rounded half up in whole numbers, because amounts are never binary fractions.
CREATE OR REPLACE TEMP MACRO amount_of(amount, number) AS
    CAST((2 * CAST(1000 * amount AS HUGEINT) + 10 * number) // nullif(20 * number, 0) AS DECIMAL(30,0)) * 0.01;

CREATE OR REPLACE TEMP TABLE period_sales AS
    SELECT * FROM sales WHERE asked_for(business_date, store_id);

CREATE OR REPLACE TEMP TABLE period_uses AS
    SELECT * FROM applications WHERE asked_for(business_date, store_id);

-- Returns without a receipt give discounts back too; they count on their own day.
CREATE OR REPLACE TEMP TABLE period_unmatched AS
    SELECT returns.store_id, returns.business_date, promotion_id, code, amount
    FROM refund_discounts JOIN returns USING (event_id)
    WHERE bill_event_id IS NULL AND asked_for(returns.business_date, returns.store_id);
