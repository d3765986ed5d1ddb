/*
title: Across brands
help: Who goes from one brand to another, how soon, by which way, and what they spend where.
needs: [period, holdout]
parameters:
  window: {type: number, default: "28", help: "days in which a visit to the other brand counts"}
caveats:
  - Going from one brand to another is what customers did, not what an offer made them do; only a holdout tells that.
*/
-- A visit is a bill of a known customer on which something of the brand was left after returns.
CREATE OR REPLACE TEMP TABLE visits AS
    SELECT sales.person, coalesce(lines.brand, products.brand, sales.brand_id) AS brand, sales.event_id, sales.at_utc,
           sales.business_date, in_period(sales.business_date) AS in_time, sum(lines.net) AS net
    FROM known_sales AS sales JOIN known_lines AS lines USING (event_id)
    LEFT JOIN ref_products AS products USING (product_id)
    WHERE NOT voided AND person IS NOT NULL GROUP BY ALL
    HAVING coalesce(lines.brand, products.brand, sales.brand_id) IS NOT NULL AND sum(lines.quantity) > 0;

CREATE OR REPLACE TEMP TABLE brands AS SELECT DISTINCT brand FROM visits WHERE in_time;

-- Each visit with the nearest visit to each other brand before it, on the same bill at the earliest.
CREATE OR REPLACE TEMP TABLE crossings AS
    SELECT later.person, later.brand, later.from_brand, later.event_id, later.business_date, earlier.business_date AS from_day,
           earlier.event_id AS from_event, earlier.in_time,
           CAST(later.business_date - earlier.business_date AS INTEGER) AS days
    FROM (SELECT visits.*, brands.brand AS from_brand FROM visits JOIN brands ON brands.brand != visits.brand) AS later
    ASOF JOIN visits AS earlier
      ON later.person = earlier.person AND later.from_brand = earlier.brand AND later.at_utc >= earlier.at_utc;

-- Offers across brands: those that promotions name. The benefit is a use of the promotion.
CREATE OR REPLACE TEMP TABLE offers AS
    SELECT promotion_id, code, triggers, benefits, coalesce(trigger_amount, 0) AS amount,
           coalesce(window_days, getvariable('window'))::INTEGER AS days
    FROM ref_promotions WHERE len(triggers) > 0 AND asked_about(promotion_id);
CREATE OR REPLACE TEMP TABLE triggered AS
    SELECT promotion_id, code, person, at_utc, business_date, days, benefits,
           in_time AND business_date + days <= last_known() AS counts
    FROM offers JOIN visits ON list_contains(triggers, brand) AND net >= amount;

CREATE OR REPLACE TEMP TABLE benefits AS
    SELECT promotion_id, person, at_utc, business_date FROM known_given AS given JOIN known_sales USING (event_id)
    WHERE kept AND NOT voided AND person IS NOT NULL AND promotion_id IN (SELECT promotion_id FROM offers);

/*
section: headline
title: At a glance
show: headline
columns:
  customers: {title: known customers, type: count}
  crossing: {title: bought at several brands, type: count}
  share: {title: share, type: percent}
  net: {title: their net, type: amount}
*/
WITH per AS (
    SELECT person, count(DISTINCT brand) AS brands, sum(net) AS net FROM visits WHERE in_time GROUP BY person)
SELECT count(*) AS customers, count(*) FILTER (brands > 1) AS crossing,
       share_of(count(*) FILTER (brands > 1), count(*)) AS share, coalesce(sum(net) FILTER (brands > 1), 0) AS net
FROM per;

/*
section: offers
title: Offers from brand to brand
statistic: conversion
suppress: {customers: [], converted: [rate, rate_low, rate_high]}
chart: {kind: interval, x: code, y: rate}
note: Customers who spent at a trigger brand and whose days are over; how many of them then used the offer.
columns:
  code: {title: Promotion, type: text}
  from_brands: {title: From, type: text, detail: true}
  to_brands: {title: To, type: text, detail: true}
  days: {title: Days, type: count}
  customers: {title: Triggered, type: count}
  converted: {title: Used it, type: count, bar: true}
  rate: {title: Conversion, type: percent, interval: [rate_low, rate_high]}
  rate_low: {title: from, type: percent, detail: true}
  rate_high: {title: to, type: percent, detail: true}
  natural: {title: Held out, type: percent, detail: true, help: "of triggered customers who were held out, those who bought at a benefit brand anyway"}
  lift: {title: Lift, type: percent, detail: true, interval: [lift_low, lift_high], help: "buying at a benefit brand: with the offer less held out, in points"}
  lift_low: {title: from, type: percent, detail: true}
  lift_high: {title: to, type: percent, detail: true}
*/
WITH nearest AS (
    SELECT benefits.promotion_id, benefits.person, triggered.business_date AS day, counts,
           benefits.business_date <= triggered.business_date + days AS in_window
    FROM benefits ASOF JOIN triggered
      ON benefits.promotion_id = triggered.promotion_id AND benefits.person = triggered.person
     AND benefits.at_utc >= triggered.at_utc),
used AS (SELECT DISTINCT promotion_id, person FROM nearest WHERE counts AND in_window),
crossed AS (
    SELECT DISTINCT triggered.promotion_id, triggered.person FROM triggered
    JOIN visits ON visits.person = triggered.person AND list_contains(benefits, visits.brand)
     AND visits.at_utc >= triggered.at_utc AND visits.business_date <= triggered.business_date + days
    WHERE counts),
counted AS (SELECT DISTINCT promotion_id, person FROM triggered WHERE counts),
arms AS (
    SELECT promotion_id, arm, count(*) AS customers, count(crossed.person) AS converted
    FROM held_out JOIN unit_persons USING (unit) JOIN counted USING (promotion_id, person)
    LEFT JOIN crossed USING (promotion_id, person) WHERE NOT is_store GROUP BY ALL)
SELECT offers.code, array_to_string(triggers, ', ') AS from_brands, array_to_string(benefits, ', ') AS to_brands,
       days, (SELECT count(*) FROM counted WHERE counted.promotion_id = offers.promotion_id) AS customers,
       (SELECT count(*) FROM used WHERE used.promotion_id = offers.promotion_id) AS converted,
       coalesce(t.customers, 0) AS customers_t, coalesce(t.converted, 0) AS converted_t,
       coalesce(c.customers, 0) AS customers_c, coalesce(c.converted, 0) AS converted_c
FROM offers
LEFT JOIN (FROM arms WHERE arm = 'T') AS t ON t.promotion_id = offers.promotion_id
LEFT JOIN (FROM arms WHERE arm = 'C') AS c ON c.promotion_id = offers.promotion_id
ORDER BY offers.code;

/*
section: pairs
title: From brand to brand, with or without an offer
suppress: {customers: [], converted: [rate, rate_low, rate_high]}
chart: {kind: heatmap, x: to_brand, y: rate, series: from_brand}
note: Customers who bought at the first brand and whose days are over; how many then bought at the second. The same bill counts.
columns:
  from_brand: {title: From, type: text}
  to_brand: {title: To, type: text}
  customers: {title: Customers, type: count}
  converted: {title: Went on, type: count, bar: true}
  rate: {title: Rate, type: percent, interval: [rate_low, rate_high]}
  rate_low: {title: from, type: percent, detail: true}
  rate_high: {title: to, type: percent, detail: true}
*/
WITH counted AS (
    SELECT brand AS from_brand, count(DISTINCT person) AS customers FROM visits
    WHERE in_time AND business_date + getvariable('window')::INTEGER <= last_known() GROUP BY brand),
went AS (
    SELECT from_brand, brand AS to_brand, count(DISTINCT person) AS converted FROM crossings
    WHERE in_time AND days <= getvariable('window') AND from_day + getvariable('window')::INTEGER <= last_known()
    GROUP BY ALL)
SELECT one.brand AS from_brand, two.brand AS to_brand, coalesce(customers, 0) AS customers, coalesce(converted, 0) AS converted,
       share_of(coalesce(converted, 0), customers) AS rate, wilson_low(coalesce(converted, 0), customers) AS rate_low,
       wilson_high(coalesce(converted, 0), customers) AS rate_high
FROM brands AS one JOIN brands AS two ON one.brand != two.brand
LEFT JOIN counted ON counted.from_brand = one.brand
LEFT JOIN went ON went.from_brand = one.brand AND went.to_brand = two.brand
ORDER BY one.brand, converted DESC, two.brand;

/*
section: time
title: How soon
depth: below
statistic: survival
suppress: at_risk
chart: {kind: line, x: time, y: share, series: series}
note: Share of customers who have bought at the second brand so many days after the first (Kaplan-Meier); those still watched count as long as they were.
columns:
  series: {title: From and to, type: text}
  time: {title: Days, type: count}
  at_risk: {title: Still watched, type: count}
  share: {title: Have gone on, type: percent, interval: [share_low, share_high]}
  share_low: {title: from, type: percent, detail: true}
  share_high: {title: to, type: percent, detail: true}
*/
WITH firsts AS (
    SELECT person, brand AS from_brand, arg_min(event_id, (at_utc, event_id)) AS event_id, min(at_utc) AS at_utc,
           min(business_date) AS business_date
    FROM visits WHERE in_time GROUP BY ALL),
waits AS (
    SELECT firsts.person, from_brand, other.brand AS to_brand,
           min(visits.business_date) - any_value(firsts.business_date) AS days,
           last_known() - any_value(firsts.business_date) AS watched
    FROM firsts JOIN brands AS other ON other.brand != from_brand
    LEFT JOIN visits ON visits.person = firsts.person AND visits.brand = other.brand AND visits.at_utc >= firsts.at_utc
    GROUP BY firsts.person, from_brand, other.brand),
largest AS (
    SELECT from_brand, to_brand FROM waits GROUP BY ALL ORDER BY count(days) DESC, from_brand, to_brand LIMIT 4)
SELECT from_brand || ' → ' || to_brand AS series, CAST(coalesce(days, watched) AS INTEGER) AS time,
       days IS NOT NULL AS happened, count(*) AS customers
FROM waits SEMI JOIN largest USING (from_brand, to_brand) GROUP BY ALL ORDER BY ALL;

/*
section: journeys
title: Ways that customers took
depth: below
suppress: customers
chart: {kind: bar, x: journey, y: customers}
note: Brands in order of visits, repeats left out, at most four; a way ends where an offer across brands was used.
columns:
  journey: {title: Way, type: text}
  customers: {title: Customers, type: count, bar: true}
  net: {title: Net, type: amount}
  per_customer: {title: Each, type: amount, derived: true}
*/
WITH used AS (
    SELECT person, min(at_utc) AS at_utc, arg_min(code, (benefits.at_utc, code)) AS code
    FROM benefits JOIN offers USING (promotion_id) GROUP BY person),
steps AS (
    SELECT visits.person, brand, visits.at_utc, net, used.code,
           brand IS DISTINCT FROM lag(brand) OVER (PARTITION BY visits.person ORDER BY visits.at_utc, event_id, brand) AS moved
    FROM visits LEFT JOIN used USING (person)
    WHERE in_time AND (used.at_utc IS NULL OR visits.at_utc <= used.at_utc)),
ways AS (
    SELECT person, sum(net) AS net, any_value(code) AS code,
           list(brand ORDER BY at_utc, brand) FILTER (moved) AS brands
    FROM steps GROUP BY person)
SELECT array_to_string(brands[:4], ' → ') || CASE WHEN len(brands) > 4 THEN ' → …' ELSE '' END
           || coalesce(' → ' || code, '') AS journey,
       count(*) AS customers, sum(net) AS net, amount_of(sum(net), count(*)) AS per_customer
FROM ways GROUP BY ALL ORDER BY customers DESC, journey LIMIT 15;

/*
section: spend
title: What customers of one brand spend at the others
depth: below
suppress: customers
chart: {kind: heatmap, x: also, y: share, series: brand}
columns:
  brand: {title: Customers of, type: text}
  also: {title: Spend at, type: text}
  customers: {title: Customers, type: count}
  net: {title: Net, type: amount, bar: true}
  share: {title: Of all they spend, type: percent}
*/
WITH per AS (SELECT person, brand, sum(net) AS net FROM visits WHERE in_time GROUP BY ALL),
totals AS (
    SELECT one.brand, sum(two.net) AS net FROM per AS one JOIN per AS two USING (person) GROUP BY one.brand)
SELECT one.brand, two.brand AS also, count(*) AS customers, sum(two.net) AS net,
       share_of(sum(two.net), any_value(totals.net)) AS share
FROM per AS one JOIN per AS two USING (person) JOIN totals ON totals.brand = one.brand
GROUP BY one.brand, two.brand ORDER BY one.brand, sum(two.net) DESC, also;

/*
section: several
title: By number of brands
depth: below
suppress: customers
columns:
  brands: {title: Brands, type: text}
  customers: {title: Customers, type: count, bar: true}
  net: {title: Net, type: amount}
  per_customer: {title: Each, type: amount, derived: true}
*/
WITH per AS (SELECT person, count(DISTINCT brand) AS brands, sum(net) AS net FROM visits WHERE in_time GROUP BY person)
SELECT CAST(brands AS VARCHAR) AS brands, count(*) AS customers, sum(net) AS net,
       amount_of(sum(net), count(*)) AS per_customer, false AS _total
FROM per GROUP BY brands
UNION ALL SELECT 'Total', count(*), sum(net), amount_of(sum(net), count(*)), true FROM per HAVING count(*) > 0
ORDER BY _total, brands
