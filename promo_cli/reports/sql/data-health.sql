/*
title: Data health
help: What has arrived, what has not, and whether tills and warehouse tell the same story.
needs: [period]
caveats:
  - Figures of a day on which bills are missing are too low; nothing is estimated in their place.
*/
CREATE OR REPLACE TEMP TABLE till_days AS
    WITH closes AS (
        SELECT store_id, pos_id, business_date, max_by(bills, seq) AS bills, max_by(net, seq) AS net,
               max_by(discount, seq) AS discount
        FROM day_closes WHERE asked_for(business_date, store_id, brand_id) GROUP BY ALL),
    arrived AS (
        SELECT store_id, pos_id, business_date, count(*) AS bills, sum(final_amount) AS net, sum(total_discount) AS discount
        FROM bills WHERE asked_for(business_date, store_id, brand_id) GROUP BY ALL)
    SELECT store_id, pos_id, business_date, coalesce(arrived.bills, 0) AS bills, coalesce(arrived.net, 0) AS net,
           coalesce(arrived.discount, 0) AS discount, closes.bills AS closed_bills, closes.net AS closed_net,
           closes.discount AS closed_discount
    FROM arrived FULL JOIN closes USING (store_id, pos_id, business_date);

-- What a till said was used, and what its bills show. Points and cashback have no usage event, so they are left out.
CREATE OR REPLACE TEMP TABLE told AS
    WITH usage AS (
        SELECT DISTINCT store_id, bill_id, promotion_id FROM usages
        WHERE discount_amount > 0 AND asked_for(business_date, store_id, brand_id) AND asked_about(promotion_id)),
    shown AS (
        SELECT DISTINCT uses.store_id, bill_id, promotion_id
        FROM period_uses AS uses JOIN (SELECT event_id, bill_id FROM bills) USING (event_id) WHERE discount > 0)
    SELECT coalesce(usage.store_id, shown.store_id) AS store_id, count(*) AS either,
           count(usage.bill_id) AS usages, count(shown.bill_id) AS on_bills,
           count(*) FILTER (shown.bill_id IS NULL) AS only_usage, count(*) FILTER (usage.bill_id IS NULL) AS only_bill
    FROM usage FULL JOIN shown USING (store_id, bill_id, promotion_id) GROUP BY 1;

/*
section: headline
title: At a glance
show: headline
columns:
  bills: {title: bills here, type: count}
  missing: {title: bills missing, type: count, help: "in day closes, and not here"}
  unlike: {title: uses told differently, type: count, help: "in usage events or on bills, and not in both"}
  quarantined: {title: lines quarantined, type: count}
*/
SELECT (SELECT coalesce(sum(bills), 0) FROM till_days) AS bills,
       (SELECT coalesce(sum(greatest(closed_bills - bills, 0)), 0) FROM till_days) AS missing,
       (SELECT coalesce(sum(only_usage + only_bill), 0) FROM told) AS unlike,
       (SELECT count(*) FROM quarantine) AS quarantined;

/*
section: checks
title: Checks
columns:
  what: {title: Check, type: text}
  found: {title: Found, type: count}
  expected: {title: Out of, type: count}
  share: {title: Share, type: percent}
*/
SELECT what, found, expected, share_of(found, expected) AS share FROM (
    SELECT 1 AS place, 'bills that day closes count are here' AS what, coalesce(sum(least(bills, closed_bills)), 0)::BIGINT AS found,
           coalesce(sum(closed_bills), 0)::BIGINT AS expected FROM till_days
    UNION ALL
    SELECT 2, 'till days whose net is that of the day close', count(*) FILTER (net = closed_net), count(closed_net) FROM till_days
    UNION ALL
    SELECT 3, 'till days with a day close', count(closed_bills), count(*) FROM till_days
    UNION ALL
    SELECT 4, 'uses that both usage events and bills have', (sum(either - only_usage - only_bill))::BIGINT, sum(either)::BIGINT FROM told
    UNION ALL
    SELECT 5, 'refunds and voids whose bill is here', count(bill_event_id), count(*) FROM known_returns
    WHERE asked_for(business_date, store_id, brand_id)
    UNION ALL
    SELECT 6, 'bills with a known customer', count(person), count(*) FROM period_sales
    UNION ALL
    SELECT 7, 'lines read that were loaded', (sum(loaded))::BIGINT, sum(lines)::BIGINT FROM ledger
    UNION ALL
    SELECT 8, 'events whose time can be right', loaded - wrong, loaded
    FROM (SELECT (sum(loaded))::BIGINT AS loaded FROM ledger), (SELECT count(*) AS wrong FROM wrong_clocks)
) ORDER BY place;

/*
section: stores
title: By store
depth: below
chart: {kind: bar, x: store, y: missing}
columns:
  store: {title: Store, type: text}
  last_day: {title: Last day, type: date}
  bills: {title: Bills here, type: count}
  missing: {title: Missing, type: count, bar: true}
  difference: {title: Net off by, type: amount, help: "net of bills here less that of day closes, on closed days"}
  unlike: {title: Uses unlike, type: count}
  release: {title: Release, type: count, detail: true, help: "that its tills run, at least"}
*/
WITH days AS (
    SELECT store_id, max(business_date) AS last_day, sum(bills) AS bills, sum(greatest(closed_bills - bills, 0)) AS missing,
           sum(CASE WHEN closed_net IS NOT NULL THEN net - closed_net END) AS difference
    FROM till_days GROUP BY store_id),
runs AS (
    SELECT store_id, min(release_seq) AS release
    FROM (SELECT store_id, pos_id, max_by(release_seq, (at_utc, seq)) AS release_seq FROM syncs
          WHERE business_date <= last_known() GROUP BY ALL) GROUP BY store_id)
SELECT store_id AS store, last_day, coalesce(bills, 0) AS bills, coalesce(missing, 0) AS missing, difference,
       coalesce(only_usage + only_bill, 0) AS unlike, release
FROM days LEFT JOIN told USING (store_id) LEFT JOIN runs USING (store_id)
ORDER BY missing DESC, unlike DESC, store;

/*
section: quarantine
title: Lines held back
depth: below
columns:
  code: {title: Reason, type: text, help: "`promo explain CODE` says what it means"}
  store: {title: Store, type: text}
  lines: {title: Lines, type: count, bar: true}
*/
SELECT quarantine.code, coalesce(ledger.store_id, quarantine.store_id, '') AS store, count(*) AS lines
FROM quarantine LEFT JOIN ledger USING (file_id) GROUP BY ALL ORDER BY lines DESC, code, store;

/*
section: clocks
title: Tills with a wrong clock
depth: below
columns:
  store: {title: Store, type: text}
  till: {title: Till, type: text}
  wrong: {title: Clock, type: text, help: "ahead of the ingest, or far from the business day"}
  events: {title: Events, type: count, bar: true}
  hours: {title: Hours off at most, type: count}
  last_day: {title: Last day, type: date}
*/
SELECT store_id AS store, coalesce(pos_id, '') AS till, CASE wrong WHEN 'ahead' THEN 'ahead' ELSE 'off its day' END AS wrong,
       count(*) AS events, (epoch(max(off_by)) / 3600)::BIGINT AS hours, max(business_date) AS last_day
FROM wrong_clocks GROUP BY ALL ORDER BY hours DESC, store, till;

/*
section: vouchers
title: Vouchers redeemed more than once
depth: below
columns:
  promotion: {title: Promotion, type: text}
  vouchers: {title: Vouchers, type: count}
  redemptions: {title: Redemptions too many, type: count}
  amount: {title: Leakage, type: amount}
*/
WITH states AS (
    SELECT promotion_id, voucher, count(*) FILTER (coalesce(status, 'redeemed') = 'redeemed')
               - count(*) FILTER (status = 'reversed') AS times, max(amount) AS amount
    FROM vouchers WHERE asked_for(business_date, store_id, brand_id) AND asked_about(promotion_id)
    GROUP BY ALL HAVING times > 1)
SELECT coalesce(code, promotion_id) AS promotion, count(*) AS vouchers, sum(times - 1) AS redemptions,
       sum((times - 1) * amount) AS amount
FROM states LEFT JOIN promotion_names USING (promotion_id) GROUP BY ALL ORDER BY redemptions DESC, promotion;

/*
section: late
title: How late uploads come
depth: below
columns:
  days: {title: Days late, type: text}
  objects: {title: Objects, type: count, bar: true}
  lines: {title: Lines, type: count}
*/
SELECT CASE WHEN late <= 1 THEN '0 to 1' WHEN late <= 3 THEN '2 to 3' WHEN late <= 7 THEN '4 to 7' ELSE 'over 7' END AS days,
       count(*) AS objects, sum(lines) AS lines
FROM (SELECT date_diff('day', business_date, ingested_at::DATE) AS late, lines FROM ledger WHERE business_date IS NOT NULL)
GROUP BY ALL ORDER BY min(late)
