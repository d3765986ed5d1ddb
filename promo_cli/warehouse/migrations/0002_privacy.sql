-- Who was erased, as keyed hashes, and where the tombstone stands in the bucket. What is loaded is held against it.
CREATE TABLE erasures (
    subject VARCHAR NOT NULL,       -- 'member' or 'phone'
    digest VARCHAR NOT NULL,        -- keyed hash (HMAC-SHA256) of the member id, or of the phone's keyed hash
    erased_at TIMESTAMP NOT NULL,   -- UTC
    key VARCHAR NOT NULL            -- of the tombstone
);

-- Refused lines were kept with the ids of members. Their receipts are due again.
UPDATE ledger SET receipt_at = NULL
WHERE store_id IS NOT NULL AND file_id IN (
    SELECT file_id FROM quarantine WHERE regexp_matches(raw, '"(member_id|customer_key|unit)"\s*:\s*["0-9-]'));
UPDATE quarantine
SET raw = regexp_replace(raw, '("(?:member_id|customer_key|unit)"\s*:\s*)("(?:[^"\\]|\\.)*"?|-?[0-9.]+)', '\1"[removed]"', 'g')
WHERE regexp_matches(raw, '"(member_id|customer_key|unit)"\s*:\s*["0-9-]');

INSERT INTO meta SELECT 'compact', 'due' WHERE EXISTS (FROM quarantine);

-- The keys of everything loaded, whatever its kind; with the till's wall clock.
CREATE OR REPLACE VIEW events AS
    SELECT 'bill' AS kind, file_id, line, event_id, payload_hash, store_id, pos_id, seq, at_utc, at_local, business_date FROM bills
    UNION ALL BY NAME
    SELECT kind, file_id, line, event_id, payload_hash, store_id, pos_id, seq, at_utc, at_local, business_date FROM refunds
    UNION ALL BY NAME
    SELECT 'usage' AS kind, file_id, line, event_id, payload_hash, store_id, pos_id, seq, at_utc, at_local, business_date FROM usages
    UNION ALL BY NAME
    SELECT 'log' AS kind, file_id, line, event_id, payload_hash, store_id, pos_id, seq, at_utc, at_local, business_date FROM logs
    UNION ALL BY NAME
    SELECT 'eligible' AS kind, file_id, line, event_id, payload_hash, store_id, pos_id, seq, at_utc, at_local, business_date FROM eligible
    UNION ALL BY NAME
    SELECT 'voucher_redeem' AS kind, file_id, line, event_id, payload_hash, store_id, pos_id, seq, at_utc, at_local, business_date FROM vouchers
    UNION ALL BY NAME
    SELECT 'feedback' AS kind, file_id, line, event_id, payload_hash, store_id, pos_id, seq, at_utc, at_local, business_date FROM feedback
    UNION ALL BY NAME
    SELECT 'exposure' AS kind, file_id, line, event_id, payload_hash, store_id, pos_id, seq, at_utc, at_local, business_date FROM exposures
    UNION ALL BY NAME
    SELECT 'sync' AS kind, file_id, line, event_id, payload_hash, store_id, pos_id, seq, at_utc, at_local, business_date FROM syncs
    UNION ALL BY NAME
    SELECT 'day_close' AS kind, file_id, line, event_id, payload_hash, store_id, pos_id, seq, at_utc, at_local, business_date FROM day_closes;

-- Events whose clock cannot be right: later than when they were taken in, or far from their business day. The bounds
-- are promo.yaml's at the last ingest. `off_by` is how far beyond the moment, or the nearer end of the day.
CREATE VIEW wrong_clocks AS
    WITH bounds AS (
        SELECT to_minutes(coalesce(max(TRY_CAST(value AS BIGINT)) FILTER (name = 'clock_ahead_minutes'), 15)) AS ahead,
               to_hours(coalesce(max(TRY_CAST(value AS BIGINT)) FILTER (name = 'clock_off_day_hours'), 12)) AS off_day
        FROM meta)
    SELECT events.*, ledger.ingested_at,
           CASE WHEN at_utc > ingested_at + ahead THEN 'ahead' ELSE 'off_day' END AS wrong,
           CASE WHEN at_utc > ingested_at + ahead THEN at_utc - ingested_at
                WHEN at_local < business_date THEN CAST(business_date AS TIMESTAMP) - at_local
                ELSE at_local - (CAST(business_date AS TIMESTAMP) + INTERVAL 1 DAY) END AS off_by
    FROM events JOIN (SELECT file_id, ingested_at FROM ledger) AS ledger USING (file_id) CROSS JOIN bounds
    WHERE at_utc > ingested_at + ahead
       OR at_local < business_date - off_day
       OR at_local >= business_date + INTERVAL 1 DAY + off_day;
