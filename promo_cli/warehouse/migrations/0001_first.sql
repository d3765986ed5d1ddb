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

-- Each refund or void with the bill it gives back: the one of that number at the same store, or else the only one
-- anywhere. NULL: there is none (a return without a receipt).
CREATE VIEW returns AS
    WITH here AS (SELECT store_id, bill_id, min(event_id) AS event_id FROM bills GROUP BY ALL),
    anywhere AS (SELECT bill_id, min(event_id) AS event_id FROM bills GROUP BY bill_id HAVING count(*) = 1)
    SELECT refunds.*, coalesce(here.event_id, anywhere.event_id) AS bill_event_id
    FROM refunds
    LEFT JOIN here ON here.store_id = refunds.store_id AND here.bill_id = refunds.original_bill_id
    LEFT JOIN anywhere ON anywhere.bill_id = refunds.original_bill_id;

-- Each completed bill with what is left of it: `net` is what was paid less what was given back.
CREATE VIEW sales AS
    WITH back AS (
        SELECT bill_event_id, sum(total_refund) AS refunded, bool_or(kind = 'void') AS voided
        FROM returns WHERE bill_event_id IS NOT NULL GROUP BY bill_event_id)
    SELECT bills.*,
           coalesce(back.voided, false) AS voided,
           CASE WHEN back.voided THEN final_amount ELSE coalesce(back.refunded, 0) END AS refunded,
           CASE WHEN back.voided THEN 0 ELSE final_amount - coalesce(back.refunded, 0) END AS net
    FROM bills LEFT JOIN back ON back.bill_event_id = bills.event_id;

-- Each promotion on each bill: what it gave, what returns took back of that, and whether the use still stands. A reward
-- (points, cashback) gives no discount but is a use as well. `attributed` shares the bill's net among its standing
-- promotions by what they gave (equally where none gave any), rounded down to thousandths; the largest takes the rest.
CREATE VIEW applications AS
    WITH given AS (
        SELECT event_id, promotion_id, max(code) AS code, sum(amount) AS discount
        FROM (SELECT event_id, promotion_id, code, amount FROM bill_discounts
              UNION ALL
              SELECT event_id, reward.promotion_id, reward.code, 0
              FROM (SELECT event_id, unnest(from_json(rewards, '[{"promotion_id":"VARCHAR","code":"VARCHAR"}]')) AS reward
                    FROM bills WHERE rewards IS NOT NULL)
              WHERE reward.promotion_id IS NOT NULL)
        GROUP BY event_id, promotion_id),
    back AS (
        SELECT returns.bill_event_id AS event_id, promotion_id, sum(amount) AS reversed
        FROM refund_discounts JOIN returns ON returns.event_id = refund_discounts.event_id
        WHERE returns.bill_event_id IS NOT NULL GROUP BY ALL),
    judged AS (
        SELECT sales.event_id, sales.bill_id, sales.store_id, sales.brand_id, sales.channel, sales.business_date,
               sales.at_local, sales.member_id, sales.customer_key, sales.customer_type, sales.net AS bill_net,
               given.promotion_id, given.code, given.discount,
               CASE WHEN sales.voided THEN given.discount ELSE coalesce(back.reversed, 0) END AS reversed,
               NOT sales.voided AND (given.discount = 0 OR coalesce(back.reversed, 0) < given.discount) AS stands
        FROM given
        JOIN sales USING (event_id)
        LEFT JOIN back ON back.event_id = given.event_id AND back.promotion_id = given.promotion_id),
    weighed AS (
        SELECT *, sum(discount - reversed) OVER bill AS given_on_bill,
               row_number() OVER (bill ORDER BY discount - reversed DESC, promotion_id) AS place,
               CAST(1000 * CASE WHEN given_on_bill > 0 THEN discount - reversed ELSE 1 END AS HUGEINT) AS weight
        FROM judged WINDOW bill AS (PARTITION BY event_id, stands)),
    shared AS (
        SELECT *, CAST(1000 * bill_net AS HUGEINT) * weight // sum(weight) OVER (PARTITION BY event_id, stands) AS share
        FROM weighed)
    SELECT * EXCLUDE (given_on_bill, place, weight, share),
           CASE WHEN NOT stands THEN 0
                WHEN place > 1 THEN CAST(share AS DECIMAL(30,0)) * 0.001
                ELSE bill_net - CAST(sum(share) OVER (PARTITION BY event_id, stands) - share AS DECIMAL(30,0)) * 0.001
           END AS attributed
    FROM shared;
