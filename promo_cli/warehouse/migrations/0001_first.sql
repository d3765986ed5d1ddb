-- Amounts and quantities are DECIMAL(18,3): exact, in major units as the tills write them, wide enough for every
-- currency (at most three decimals), and stored by DuckDB as one 64-bit integer.
-- Moments are kept twice: `…_utc` for order and age, `…_local` as the till's wall clock showed it, for hours of the day.
-- `file_id` and `line` say where a row came from; `payload_hash` tells a second delivery from another event.

CREATE TABLE meta (name VARCHAR NOT NULL, value VARCHAR NOT NULL);

CREATE TABLE ledger (
    file_id INTEGER NOT NULL,
    key VARCHAR NOT NULL,
    sha256 VARCHAR,                 -- of the content; of the bytes as stored where they cannot be unpacked; NULL: not read
    size BIGINT NOT NULL,           -- bytes as stored
    etag VARCHAR,
    store_id VARCHAR,
    pos_id VARCHAR,
    business_date DATE,
    lines BIGINT NOT NULL,
    loaded BIGINT NOT NULL,
    duplicate BIGINT NOT NULL,
    quarantined BIGINT NOT NULL,
    refused VARCHAR,                -- the code, when the object was refused as a whole (it then counts as one line)
    ingested_at TIMESTAMP NOT NULL,
    receipt_at TIMESTAMP,           -- when its receipt was written; NULL: not yet, or none is due
    CHECK (lines = loaded + duplicate + quarantined)
);

CREATE TABLE quarantine (
    file_id INTEGER NOT NULL,
    line INTEGER,                   -- from 1; the record's number in a plain body; NULL: the object as a whole
    byte_offset BIGINT,             -- of the line in the uncompressed bytes; NULL in a plain body
    code VARCHAR NOT NULL,
    pointer VARCHAR,                -- JSON pointer to what is wrong
    message VARCHAR NOT NULL,
    kind VARCHAR,
    event_id UUID,
    store_id VARCHAR,
    pos_id VARCHAR,
    seq BIGINT,
    raw VARCHAR NOT NULL,           -- without personal data, shortened
    quarantined_at TIMESTAMP NOT NULL
);

-- A line whose key was taken by another payload. The first to arrive stays; the other is also in quarantine.
CREATE TABLE conflicts (
    file_id INTEGER NOT NULL,
    line INTEGER NOT NULL,
    same VARCHAR NOT NULL,          -- 'event_id', or 'seq' for (store_id, pos_id, seq)
    event_id UUID NOT NULL,
    store_id VARCHAR NOT NULL,
    pos_id VARCHAR,
    seq BIGINT,
    kept_file_id INTEGER NOT NULL,
    kept_line INTEGER NOT NULL
);

CREATE TABLE bills (
    file_id INTEGER NOT NULL,
    line INTEGER NOT NULL,
    event_id UUID NOT NULL,
    payload_hash UBIGINT NOT NULL,
    store_id VARCHAR NOT NULL,
    brand_id VARCHAR,
    pos_id VARCHAR,
    seq BIGINT,
    at_utc TIMESTAMP,
    at_local TIMESTAMP,
    business_date DATE NOT NULL,
    release_seq BIGINT,
    bill_id VARCHAR NOT NULL,
    status VARCHAR NOT NULL,
    channel VARCHAR,
    member_id VARCHAR,
    customer_key VARCHAR,
    customer_type VARCHAR,
    subtotal DECIMAL(18,3) NOT NULL,
    total_discount DECIMAL(18,3) NOT NULL,
    final_amount DECIMAL(18,3) NOT NULL,
    rewards JSON,
    _rescued JSON
);

CREATE TABLE bill_lines (
    event_id UUID NOT NULL,         -- of the bill
    position INTEGER NOT NULL,      -- from 1
    line_id VARCHAR NOT NULL,
    product_id VARCHAR NOT NULL,
    category VARCHAR,
    brand VARCHAR,
    quantity DECIMAL(18,3) NOT NULL,
    price DECIMAL(18,3) NOT NULL,
    list_amount DECIMAL(18,3) NOT NULL,
    discount DECIMAL(18,3) NOT NULL,
    net DECIMAL(18,3) NOT NULL,
    unit_nets DECIMAL(18,3)[],
    gift BOOLEAN,
    _rescued JSON
);

CREATE TABLE bill_discounts (
    event_id UUID NOT NULL,         -- of the bill
    position INTEGER NOT NULL,      -- of the line
    promotion_id VARCHAR NOT NULL,
    code VARCHAR,
    amount DECIMAL(18,3) NOT NULL,
    _rescued JSON
);

CREATE TABLE tenders (
    event_id UUID NOT NULL,         -- of the bill
    position INTEGER NOT NULL,
    method VARCHAR NOT NULL,
    amount DECIMAL(18,3) NOT NULL,
    _rescued JSON
);

-- Refunds and voids; amounts and quantities are positive: what was given back.
CREATE TABLE refunds (
    file_id INTEGER NOT NULL,
    line INTEGER NOT NULL,
    event_id UUID NOT NULL,
    payload_hash UBIGINT NOT NULL,
    store_id VARCHAR NOT NULL,
    brand_id VARCHAR,
    pos_id VARCHAR,
    seq BIGINT,
    at_utc TIMESTAMP,
    at_local TIMESTAMP,
    business_date DATE NOT NULL,
    release_seq BIGINT,
    kind VARCHAR NOT NULL,          -- 'refund' or 'void'
    bill_id VARCHAR NOT NULL,
    original_bill_id VARCHAR,
    reason VARCHAR,
    total_refund DECIMAL(18,3) NOT NULL,
    _rescued JSON
);

CREATE TABLE refund_lines (
    event_id UUID NOT NULL,         -- of the refund
    position INTEGER NOT NULL,
    line_id VARCHAR NOT NULL,
    product_id VARCHAR NOT NULL,
    category VARCHAR,
    brand VARCHAR,
    quantity DECIMAL(18,3) NOT NULL,
    price DECIMAL(18,3) NOT NULL,
    list_amount DECIMAL(18,3) NOT NULL,
    discount DECIMAL(18,3) NOT NULL,
    net DECIMAL(18,3) NOT NULL,
    unit_nets DECIMAL(18,3)[],
    gift BOOLEAN,
    _rescued JSON
);

CREATE TABLE refund_discounts (
    event_id UUID NOT NULL,         -- of the refund
    position INTEGER NOT NULL,      -- of the line
    promotion_id VARCHAR NOT NULL,
    code VARCHAR,
    amount DECIMAL(18,3) NOT NULL,
    _rescued JSON
);

CREATE TABLE usages (
    file_id INTEGER NOT NULL,
    line INTEGER NOT NULL,
    event_id UUID NOT NULL,
    payload_hash UBIGINT NOT NULL,
    store_id VARCHAR NOT NULL,
    brand_id VARCHAR,
    pos_id VARCHAR,
    seq BIGINT,
    at_utc TIMESTAMP,
    at_local TIMESTAMP,
    business_date DATE NOT NULL,
    release_seq BIGINT,
    promotion_id VARCHAR NOT NULL,
    code VARCHAR,
    bill_id VARCHAR NOT NULL,
    member_id VARCHAR,
    customer_key VARCHAR,           -- keyed hash (HMAC-SHA256) of the phone
    original_amount DECIMAL(18,3),
    discount_amount DECIMAL(18,3) NOT NULL,
    used_at_utc TIMESTAMP NOT NULL,
    used_at_local TIMESTAMP NOT NULL,
    _rescued JSON
);

CREATE TABLE logs (
    file_id INTEGER NOT NULL,
    line INTEGER NOT NULL,
    event_id UUID NOT NULL,
    payload_hash UBIGINT NOT NULL,
    store_id VARCHAR NOT NULL,
    brand_id VARCHAR,
    pos_id VARCHAR,
    seq BIGINT,
    at_utc TIMESTAMP,
    at_local TIMESTAMP,
    business_date DATE NOT NULL,
    release_seq BIGINT,
    bill_id VARCHAR NOT NULL,
    promotion_id VARCHAR NOT NULL,
    status VARCHAR NOT NULL,        -- 'applied' or 'rejected'
    reason_code VARCHAR,
    reason VARCHAR,
    validation_details JSON,
    original_amount DECIMAL(18,3),
    discount_amount DECIMAL(18,3),
    final_amount DECIMAL(18,3),
    _rescued JSON
);

CREATE TABLE eligible (
    file_id INTEGER NOT NULL,
    line INTEGER NOT NULL,
    event_id UUID NOT NULL,
    payload_hash UBIGINT NOT NULL,
    store_id VARCHAR NOT NULL,
    brand_id VARCHAR,
    pos_id VARCHAR,
    seq BIGINT,
    at_utc TIMESTAMP,
    at_local TIMESTAMP,
    business_date DATE NOT NULL,
    release_seq BIGINT,
    bill_id VARCHAR NOT NULL,
    promotion_id VARCHAR NOT NULL,
    code VARCHAR,
    reason_code VARCHAR,
    _rescued JSON
);

-- What happened to vouchers at tills; `status` NULL is a redemption.
CREATE TABLE vouchers (
    file_id INTEGER NOT NULL,
    line INTEGER NOT NULL,
    event_id UUID NOT NULL,
    payload_hash UBIGINT NOT NULL,
    store_id VARCHAR NOT NULL,
    brand_id VARCHAR,
    pos_id VARCHAR,
    seq BIGINT,
    at_utc TIMESTAMP,
    at_local TIMESTAMP,
    business_date DATE NOT NULL,
    release_seq BIGINT,
    voucher VARCHAR NOT NULL,
    status VARCHAR,
    batch VARCHAR,
    promotion_id VARCHAR NOT NULL,
    bill_id VARCHAR NOT NULL,
    member_id VARCHAR,
    customer_key VARCHAR,
    amount DECIMAL(18,3),
    _rescued JSON
);

CREATE TABLE feedback (
    file_id INTEGER NOT NULL,
    line INTEGER NOT NULL,
    event_id UUID NOT NULL,
    payload_hash UBIGINT NOT NULL,
    store_id VARCHAR NOT NULL,
    brand_id VARCHAR,
    pos_id VARCHAR,
    seq BIGINT,
    at_utc TIMESTAMP,
    at_local TIMESTAMP,
    business_date DATE NOT NULL,
    release_seq BIGINT,
    bill_id VARCHAR,
    promotion_id VARCHAR,
    score INTEGER NOT NULL,         -- 1 (bad) to 5 (good)
    _rescued JSON
);

CREATE TABLE exposures (
    file_id INTEGER NOT NULL,
    line INTEGER NOT NULL,
    event_id UUID NOT NULL,
    payload_hash UBIGINT NOT NULL,
    store_id VARCHAR NOT NULL,
    brand_id VARCHAR,
    pos_id VARCHAR,
    seq BIGINT,
    at_utc TIMESTAMP,
    at_local TIMESTAMP,
    business_date DATE NOT NULL,
    release_seq BIGINT,
    experiment VARCHAR NOT NULL,
    variant VARCHAR NOT NULL,
    unit VARCHAR NOT NULL,
    bill_id VARCHAR,
    customer_key VARCHAR,
    _rescued JSON
);

CREATE TABLE syncs (
    file_id INTEGER NOT NULL,
    line INTEGER NOT NULL,
    event_id UUID NOT NULL,
    payload_hash UBIGINT NOT NULL,
    store_id VARCHAR NOT NULL,
    brand_id VARCHAR,
    pos_id VARCHAR,
    seq BIGINT,
    at_utc TIMESTAMP,
    at_local TIMESTAMP,
    business_date DATE NOT NULL,
    release_seq BIGINT NOT NULL,
    status VARCHAR NOT NULL,
    detail VARCHAR,
    _rescued JSON
);

-- Control totals of one till's business day, as the till counted them.
CREATE TABLE day_closes (
    file_id INTEGER NOT NULL,
    line INTEGER NOT NULL,
    event_id UUID NOT NULL,
    payload_hash UBIGINT NOT NULL,
    store_id VARCHAR NOT NULL,
    brand_id VARCHAR,
    pos_id VARCHAR,
    seq BIGINT,
    at_utc TIMESTAMP,
    at_local TIMESTAMP,
    business_date DATE NOT NULL,
    release_seq BIGINT,
    bills BIGINT NOT NULL,
    net DECIMAL(18,3) NOT NULL,
    discount DECIMAL(18,3) NOT NULL,
    refunds DECIMAL(18,3) NOT NULL,
    first_seq BIGINT NOT NULL,
    last_seq BIGINT NOT NULL,
    _rescued JSON
);

-- The keys of everything loaded, whatever its kind.
CREATE VIEW events AS
    SELECT 'bill' AS kind, file_id, line, event_id, payload_hash, store_id, pos_id, seq, at_utc, business_date FROM bills
    UNION ALL BY NAME
    SELECT kind, file_id, line, event_id, payload_hash, store_id, pos_id, seq, at_utc, business_date FROM refunds
    UNION ALL BY NAME
    SELECT 'usage' AS kind, file_id, line, event_id, payload_hash, store_id, pos_id, seq, at_utc, business_date FROM usages
    UNION ALL BY NAME
    SELECT 'log' AS kind, file_id, line, event_id, payload_hash, store_id, pos_id, seq, at_utc, business_date FROM logs
    UNION ALL BY NAME
    SELECT 'eligible' AS kind, file_id, line, event_id, payload_hash, store_id, pos_id, seq, at_utc, business_date FROM eligible
    UNION ALL BY NAME
    SELECT 'voucher_redeem' AS kind, file_id, line, event_id, payload_hash, store_id, pos_id, seq, at_utc, business_date FROM vouchers
    UNION ALL BY NAME
    SELECT 'feedback' AS kind, file_id, line, event_id, payload_hash, store_id, pos_id, seq, at_utc, business_date FROM feedback
    UNION ALL BY NAME
    SELECT 'exposure' AS kind, file_id, line, event_id, payload_hash, store_id, pos_id, seq, at_utc, business_date FROM exposures
    UNION ALL BY NAME
    SELECT 'sync' AS kind, file_id, line, event_id, payload_hash, store_id, pos_id, seq, at_utc, business_date FROM syncs
    UNION ALL BY NAME
    SELECT 'day_close' AS kind, file_id, line, event_id, payload_hash, store_id, pos_id, seq, at_utc, business_date FROM day_closes;
