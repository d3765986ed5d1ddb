/*
title: Return on investment
help: What promotions cost, what they added, and whether it paid. Name promotions to estimate what they added.
needs: [period, holdout, lift]
caveats:
  - Return counts only what is incremental, so it needs a comparison of grade A to D; a change against the weeks before has none.
*/
CREATE OR REPLACE TEMP TABLE spent AS
    WITH used AS (
        SELECT promotion_id, sum(given) AS given, count(*) FILTER (stands) AS uses FROM period_uses GROUP BY promotion_id),
    shares AS (SELECT promotion_id, sum(attributed) AS attributed FROM period_attributed GROUP BY promotion_id),
    unmatched AS (SELECT promotion_id, sum(amount) AS amount FROM period_unmatched GROUP BY promotion_id)
    SELECT promotion_id, names.code, names.funder, coalesce(used.given, 0) - coalesce(amount, 0) AS given,
           coalesce(uses, 0) AS uses, coalesce(attributed, 0) AS attributed, coalesce(programme_cost, 0) AS programme
    FROM used FULL JOIN unmatched USING (promotion_id) LEFT JOIN shares USING (promotion_id)
    JOIN promotion_names AS names USING (promotion_id)
    LEFT JOIN (SELECT promotion_id, programme_cost FROM ref_promotions) USING (promotion_id);

/*
section: headline
title: At a glance
show: headline
columns:
  uses: {title: bills with a promotion, type: count}
  discount: {title: discount given, type: amount}
  programme: {title: programme cost, type: amount}
  net: {title: net of these bills, type: amount}
*/
SELECT (SELECT count(*) FROM period_bills_with) AS uses, coalesce(sum(given), 0) AS discount,
       coalesce(sum(programme), 0) AS programme,
       (SELECT coalesce(sum(bill_net), 0) FROM period_bills_with) AS net
FROM spent;

/*
section: trust
title: How far it can be trusted
show: caveats
statistic: caveats
columns:
  caveat: {title: Caveat, type: text}
*/
FROM lift_evidence;

/*
section: roi
title: Did it pay
statistic: roi
chart: {kind: interval, x: code, y: roi}
note: (contribution added - programme cost) / (discount + programme cost), for the promotions you name - promo report roi CODE. Without costs of goods, at two margins.
columns:
  code: {title: Promotion, type: text}
  grade: {title: Grade, type: text}
  basis: {title: By, type: text}
  given: {title: Discount, type: amount, detail: true}
  programme: {title: Programme, type: amount, detail: true}
  contribution: {title: Contribution added, type: amount, derived: true, detail: true, interval: [contribution_low, contribution_high]}
  contribution_low: {title: from, type: amount, derived: true, detail: true}
  contribution_high: {title: to, type: amount, derived: true, detail: true}
  roi: {title: ROI, type: percent, interval: [roi_low, roi_high]}
  roi_low: {title: from, type: percent}
  roi_high: {title: to, type: percent}
  margin: {title: Margin, type: percent, detail: true}
  depth: {title: Depth, type: percent, detail: true, help: "discount by list price of promoted lines"}
  break_even: {title: Break-even, type: percent, help: "how many more units it takes to earn as much as without; undefined where the discount eats the margin"}
*/
FROM lift_evidence;

/*
section: customers
title: Customers won, and what they are worth
statistic: customers
note: Cost per new customer is (discount + programme cost) / customers won; undefined when there may be none.
columns:
  code: {title: Promotion, type: text}
  grade: {title: Grade, type: text, detail: true}
  customers: {title: Won, type: number, interval: [customers_low, customers_high]}
  customers_low: {title: from, type: number, detail: true}
  customers_high: {title: to, type: number, detail: true}
  cac: {title: Cost of one, type: amount, derived: true, interval: [cac_low, cac_high]}
  cac_low: {title: from, type: amount, derived: true, detail: true}
  cac_high: {title: to, type: amount, derived: true, detail: true}
  ltv_90: {title: Net to day 90, type: amount, derived: true, interval: [ltv_90_low, ltv_90_high], help: "per customer, with less without; only grade A, and only customers who are that old"}
  ltv_90_low: {title: from, type: amount, derived: true, detail: true}
  ltv_90_high: {title: to, type: amount, derived: true, detail: true}
  ltv_180: {title: To day 180, type: amount, derived: true, interval: [ltv_180_low, ltv_180_high]}
  ltv_180_low: {title: from, type: amount, derived: true, detail: true}
  ltv_180_high: {title: to, type: amount, derived: true, detail: true}
*/
FROM lift_evidence;

/*
section: cost
title: What promotions cost
depth: below
chart: {kind: bar, x: code, y: given}
columns:
  code: {title: Promotion, type: text}
  funder: {title: Paid by, type: text}
  uses: {title: Uses, type: count}
  given: {title: Discount, type: amount, bar: true}
  programme: {title: Programme, type: amount}
  attributed: {title: Attributed net, type: amount, derived: true, detail: true, help: "not incremental"}
  needed: {title: Must add, type: amount, derived: true, help: "net at full price that pays for it at the high margin"}
*/
SELECT code, funder, uses, given, programme, attributed,
       amount_of((given + programme) * 1000, CAST(1000 * getvariable('margin_high') AS BIGINT)) AS needed
FROM spent ORDER BY given DESC, code
