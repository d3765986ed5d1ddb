/* What a promotion would have to bring. The formulas stand on the page and in docs/dashboard.md. */
"use strict";

/* `gross` sales with it before its discount, `discount` given, `margin` contribution as a share of these sales, `uplift` how
   much more was sold than without it, `cost` of the programme. Returns shares and amounts; null where a denominator is 0. */
Promo.roiOf = ({ gross, discount, margin, uplift, cost }) => {
  const without = gross / (1 + uplift);
  const incremental = margin * (gross - without) - discount;
  const spent = discount + cost;
  const rate = gross ? discount / gross : null;
  return {
    sales: gross - without,
    contribution: incremental,
    result: incremental - cost,
    roi: spent ? (incremental - cost) / spent : null,
    breakEven: rate === null || margin <= rate ? null : rate / (margin - rate),
    breakEvenCost: margin && gross * margin > discount + cost ? (discount + cost) / (gross * margin - discount - cost) : null,
  };
};

Promo.roi = () => {
  const form = document.getElementById("calculator");
  const show = (id, text) => { document.getElementById(id).textContent = text; };
  const number = (field, least, most) => Math.min(most, Math.max(least, Number.isFinite(field.valueAsNumber) ? field.valueAsNumber : 0));
  const compute = () => {
    const asked = {
      gross: number(form.gross, 0, 1e15), discount: number(form.discount, 0, 1e15), cost: number(form.cost, 0, 1e15),
      margin: number(form.margin, 0, 100) / 100, uplift: number(form.uplift, 0, 1000) / 100,
    };
    const found = Promo.roiOf(asked);
    show("roi-value", found.roi === null ? "n/a" : Promo.format(found.roi, "percent"));
    show("roi-words", found.roi === null ? "nothing was spent" : found.result >= 0 ? "it pays for itself" : "it costs more than it brings");
    show("roi-sales", Promo.format(found.sales, "amount"));
    show("roi-contribution", Promo.format(found.contribution, "amount"));
    show("roi-result", Promo.format(found.result, "amount"));
    show("roi-break-even", found.breakEven === null ? "none: the discount eats the margin" : `+${Promo.format(found.breakEven, "percent")}`);
    show("roi-break-even-cost", found.breakEvenCost === null ? "none" : `+${Promo.format(found.breakEvenCost, "percent")}`);
    show("margin-out", `${Promo.plain(asked.margin * 100, 0)}%`);
    show("uplift-out", `+${Promo.plain(asked.uplift * 100, 0)}%`);
    const lifts = Array.from({ length: 21 }, (_, at) => at * 5);
    const margins = [-0.1, 0, 0.1].map((step) => Math.min(1, Math.max(0.01, asked.margin + step)));
    const series = margins.map((margin) => ({
      name: `margin ${Promo.plain(margin * 100, 0)}%`,
      values: lifts.map((lift) => Promo.roiOf({ ...asked, margin, uplift: lift / 100 }).roi),
    }));
    Promo.table(document.getElementById("roi-table"), {
      caption: "Return by uplift",
      columns: [{ title: "Uplift", type: "percent" }, ...series.map((one) => ({ title: one.name, type: "percent" }))],
      rows: lifts.map((lift, at) => [lift / 100, ...series.map((one) => one.values[at])]),
    });
    Promo.line(document.getElementById("roi-chart"), {
      title: "Return by uplift", x: { title: "Uplift", type: "text" }, y: { title: "Return on investment", type: "percent" },
      xs: lifts.map((lift) => `+${lift}%`), rest: "at three margins",
      series,
    });
  };
  form.promotion.addEventListener("change", () => {
    const chosen = Promo.data.promotions[form.promotion.value];
    if (chosen) { form.gross.value = chosen.gross; form.discount.value = chosen.discount; form.cost.value = chosen.cost; }
    compute();
  });
  form.addEventListener("input", (event) => {
    if ([form.gross, form.discount].includes(event.target)) form.promotion.value = "";
    compute();
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  form.promotion.dispatchEvent(new Event("change"));
};
