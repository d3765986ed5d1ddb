-- A member's tier when they bought, which tills sent before it had a column.
ALTER TABLE bills ADD COLUMN member_tier VARCHAR;
UPDATE bills SET member_tier = _rescued->>'member_tier' WHERE _rescued->>'member_tier' IS NOT NULL;
UPDATE bills
SET _rescued = nullif(CAST(json_merge_patch(_rescued, '{"member_tier":null}') AS VARCHAR), '{}')
WHERE member_tier IS NOT NULL;

-- The hash that tells a second delivery from another event is another one now. Rows that have the old one would be
-- taken for other events, so the next ingest reads everything again.
INSERT INTO meta SELECT 'read_again', 'due' WHERE EXISTS (FROM ledger);

-- Each completed bill with what is left of it: `net` is what was paid less what was given back.
CREATE OR REPLACE VIEW sales AS
    WITH back AS (
        SELECT bill_event_id, sum(total_refund) AS refunded, bool_or(kind = 'void') AS voided
        FROM returns WHERE bill_event_id IS NOT NULL GROUP BY bill_event_id)
    SELECT bills.*,
           coalesce(back.voided, false) AS voided,
           CASE WHEN back.voided THEN final_amount ELSE coalesce(back.refunded, 0) END AS refunded,
           CASE WHEN back.voided THEN 0 ELSE final_amount - coalesce(back.refunded, 0) END AS net
    FROM bills LEFT JOIN back ON back.bill_event_id = bills.event_id;
