/* Charts that answer to a pointer, a finger and the arrow keys; what they say is text, for eyes and for screen readers. */
"use strict";

const Promo = { data: {} };

Promo.read = () => {
  Promo.data = { ...PROMO_SHARED, ...JSON.parse(document.getElementById("data").textContent) };
  Promo.numbers = Promo.data.numbers;
};

/* Figures: the separators and decimals of the currency. */

Promo.plain = (value, places) => {
  const { thousands, point } = Promo.numbers;
  const [whole, part] = Math.abs(value).toFixed(places).split(".");
  const text = whole.replace(/\B(?=(\d{3})+$)/g, thousands) + (part ? point + part : "");
  return value < 0 && /[1-9]/.test(text) ? "−" + text : text;
};

Promo.format = (value, type, symbol = true) => {
  if (value === null || value === undefined || Number.isNaN(value)) return "n/a";
  if (!Number.isFinite(value)) return "undefined";
  if (type === "percent") return Promo.plain(value * 100, 1) + "%";
  if (type === "ratio") return Promo.plain(value, 2) + "×";
  if (type !== "amount") return Promo.plain(value, Number.isInteger(value) ? 0 : 2);
  const text = Promo.plain(value, Promo.numbers.places);
  if (!symbol) return text;
  return text.startsWith("−") ? "−" + Promo.numbers.symbol + text.slice(1) : Promo.numbers.symbol + text;
};

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const WEEKDAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];

Promo.day = (iso, long = false) => {
  const [year, month, day] = iso.split("-").map(Number);
  const text = `${day} ${MONTHS[month - 1]}`;
  return long ? `${WEEKDAYS[new Date(Date.UTC(year, month - 1, day)).getUTCDay()]} ${text} ${year}` : text;
};

Promo.label = (value, type, long = false) => (type === "date" ? Promo.day(value, long) : String(value));

/* Elements. Text is always set as text, so names from data can never be markup. */

Promo.element = (name, attributes = {}, ...children) => {
  const svg = ["svg", "g", "path", "line", "circle", "rect", "text"].includes(name);
  const made = svg ? document.createElementNS("http://www.w3.org/2000/svg", name) : document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined && value !== false) made.setAttribute(key, value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
};

/* Round numbers for an axis, from 0 or below up to the largest value. */
Promo.ticks = (low, high, count = 4) => {
  const span = high - low || 1;
  const rough = span / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((size) => size * power).find((size) => size >= rough * 0.999);
  const found = [];
  for (let at = Math.floor(low / step); at * step < high + step * 0.999; at += 1) found.push(Number((at * step).toPrecision(12)));
  return found;
};

const UNITS = [[1e12, "trillion"], [1e9, "billion"], [1e6, "million"], [1e3, "thousand"]];

Promo.unit = (largest, axis) => {
  const scaled = axis.type === "percent" || axis.type === "ratio" ? null : UNITS.find(([size]) => largest >= 10 * size);
  const symbol = axis.type === "amount" ? Promo.numbers.symbol.trim() : "";
  const words = [scaled ? scaled[1] : "", symbol].filter(Boolean).join(" ");
  return { size: scaled ? scaled[0] : 1, title: words ? `${axis.title}, ${words}` : axis.title };
};

const tickText = (value, axis, size) => {
  if (axis.type === "percent") return Promo.plain(value * 100, 0) + "%";
  const shown = value / size;
  return Promo.plain(shown, Number.isInteger(shown) ? 0 : Math.abs(shown) < 1 ? 2 : 1);
};

/* A line over days or steps. `model`: {title, x, y, xs, series: [{name, values}]}. */
Promo.line = (host, model) => {
  const { element } = Promo;
  const readout = element("output", { class: "readout", "aria-live": "polite" });
  const plot = element("div", { class: "plot", tabindex: "0", role: "group", "aria-roledescription": "chart" });
  const legend = model.series.length > 1 ? element("ul", { class: "legend" }) : null;
  model.series.forEach((one, at) => legend?.append(element("li", { class: `of-${at % 8}` }, one.name)));
  host.replaceChildren(...[legend, plot, readout].filter(Boolean));
  const count = model.xs.length;
  const known = model.series.flatMap((one) => one.values.filter((value) => value !== null));
  if (!count || !known.length) {
    host.replaceChildren(element("p", { class: "empty" }, "Nothing in this selection."));
    return;
  }
  const low = Math.min(0, ...known);
  const high = Math.max(...known, low + (model.y.type === "percent" ? 0.01 : 1));
  const unit = Promo.unit(Math.max(high, -low), model.y);
  const ticks = Promo.ticks(low, high);
  const bottom = Math.min(ticks[0], low);
  const top = ticks[ticks.length - 1];
  const labels = ticks.map((value) => tickText(value, model.y, unit.size));
  const sum = known.reduce((total, value) => total + value, 0);
  const peak = known.indexOf(Math.max(...known));
  const peakAt = model.series.length === 1 ? `, highest ${Promo.format(known[peak], model.y.type)}` : "";
  plot.setAttribute(
    "aria-label",
    `${model.title}: ${count} values from ${Promo.label(model.xs[0], model.x.type)} to ` +
      `${Promo.label(model.xs[count - 1], model.x.type)}${peakAt}. Arrow keys read the values; a table has them all.`,
  );
  const scaled = count > 1 && model.xs.every((value) => typeof value === "number");
  let at = null;

  const say = (index) =>
    `${scaled ? `${model.x.title} ` : ""}${Promo.label(model.xs[index], model.x.type, true)}: ` +
    model.series
      .map((one) => (model.series.length > 1 ? `${one.name} ` : "") + Promo.format(one.values[index], model.y.type))
      .join(", ") + (model.series.length > 1 ? "" : ` ${model.y.words || ""}`);
  const rest = () => model.rest || (model.y.type === "count" || model.y.type === "amount" ? `Total ${Promo.format(sum, model.y.type)}` : "");

  const draw = () => {
    const width = Math.max(host.clientWidth, 220);
    const height = width < 480 ? 190 : 220;
    const left = 10 + 6.6 * Math.max(...labels.map((text) => text.length));
    const right = 14;
    const upper = 26;
    const lower = 24;
    const first = scaled ? model.xs[0] : 0;
    const span = scaled ? model.xs[count - 1] - first : count - 1;
    const x = (index) => (count === 1 ? (left + width - right) / 2 : left + (((scaled ? model.xs[index] : index) - first) * (width - left - right)) / span);
    const y = (value) => upper + ((top - value) * (height - upper - lower)) / (top - bottom);
    const svg = element("svg", { viewBox: `0 0 ${width} ${height}`, width, height, "aria-hidden": "true" });
    svg.append(element("text", { class: "axis-title", x: 0, y: 12 }, unit.title));
    ticks.forEach((value, index) => {
      svg.append(element("line", { class: value === 0 ? "zero" : "rule", x1: left, x2: width - right, y1: y(value), y2: y(value) }));
      svg.append(element("text", { class: "tick", x: left - 7, y: y(value) + 4, "text-anchor": "end" }, labels[index]));
    });
    const fit = Math.max(1, Math.floor((width - left) / 74));
    const step = Math.max(1, Math.ceil(count / fit));
    let free = -Infinity;
    for (let index = 0; index < count; index += step) {
      if (x(index) < free) continue;
      free = x(index) + 34;
      const anchor = index === 0 ? "start" : x(index) > width - right - 24 ? "end" : "middle";
      svg.append(element("text", { class: "tick", x: x(index), y: height - 6, "text-anchor": anchor }, Promo.label(model.xs[index], model.x.type)));
    }
    model.series.forEach((one, number) => {
      let path = "";
      let pen = false;
      one.values.forEach((value, index) => {
        if (value === null) { pen = pen && scaled; return; }
        path += `${pen ? "L" : "M"}${x(index).toFixed(1)},${y(value).toFixed(1)}`;
        pen = true;
      });
      if (model.series.length === 1 && !one.values.includes(null)) {
        const area = `${path}L${x(count - 1).toFixed(1)},${y(0)}L${x(0).toFixed(1)},${y(0)}Z`;
        svg.append(element("path", { class: "area", d: area }));
      }
      svg.append(element("path", { class: `stroke of-${number % 8}`, d: path }));
      if (count <= 31) {
        one.values.forEach((value, index) => {
          if (value !== null) svg.append(element("circle", { class: `dot of-${number % 8}`, cx: x(index), cy: y(value), r: count === 1 ? 4 : 2.2 }));
        });
      }
    });
    if (at !== null) {
      svg.append(element("line", { class: "cursor", x1: x(at), x2: x(at), y1: upper - 6, y2: height - lower }));
      model.series.forEach((one, number) => {
        if (one.values[at] !== null) svg.append(element("circle", { class: `mark of-${number % 8}`, cx: x(at), cy: y(one.values[at]), r: 4.5 }));
      });
    }
    plot.replaceChildren(svg);
    readout.textContent = at === null ? rest() : say(at);
    readout.classList.toggle("resting", at === null);
    plot.nearest = (clientX) => {
      const place = clientX - plot.getBoundingClientRect().left;
      return model.xs.reduce((best, _, index) => (Math.abs(x(index) - place) < Math.abs(x(best) - place) ? index : best), 0);
    };
  };
  const move = (index) => { at = index; draw(); };

  plot.addEventListener("pointermove", (event) => move(plot.nearest(event.clientX)));
  plot.addEventListener("pointerdown", (event) => move(plot.nearest(event.clientX)));
  plot.addEventListener("pointerleave", () => { if (document.activeElement !== plot) move(null); });
  plot.addEventListener("blur", () => move(null));
  plot.addEventListener("keydown", (event) => {
    const jump = { ArrowRight: 1, ArrowLeft: -1, PageDown: 7, PageUp: -7 }[event.key];
    if (jump) move(Math.min(count - 1, Math.max(0, at === null ? (jump > 0 ? 0 : count - 1) : at + jump)));
    else if (event.key === "Home") move(0);
    else if (event.key === "End") move(count - 1);
    else if (event.key === "Escape") move(null);
    else return;
    event.preventDefault();
  });
  Promo.keepWidth(host, draw);
  draw();
};

/* Redraws when the room for a chart changes; a host has one drawing at a time. */
Promo.keepWidth = (host, draw) => {
  host.watch?.disconnect();
  let before = host.clientWidth;
  host.watch = new ResizeObserver(() => {
    if (host.clientWidth !== before) { before = host.clientWidth; draw(); }
  });
  host.watch.observe(host);
};

/* A dot for each row. `model`: {title, x, y, points: [[x, y, name]]}. */
Promo.scatter = (host, model) => {
  const { element } = Promo;
  if (!model.points.length) { host.replaceChildren(element("p", { class: "empty" }, "Nothing to show.")); return; }
  const xs = model.points.map((point) => point[0]);
  const ys = model.points.map((point) => point[1]);
  const xTicks = Promo.ticks(Math.min(0, ...xs), Math.max(...xs), 5);
  const yTicks = Promo.ticks(Math.min(0, ...ys), Math.max(...ys));
  const xUnit = Promo.unit(Math.max(...xs.map(Math.abs)), model.x);
  const yUnit = Promo.unit(Math.max(...ys.map(Math.abs)), model.y);
  const readout = element("output", { class: "readout resting", "aria-live": "polite" });
  const plot = element("div", { class: "plot", tabindex: "0", role: "group", "aria-roledescription": "chart" });
  plot.setAttribute("aria-label", `${model.title}: ${model.points.length} values of ${model.y.title} by ${model.x.title}. Arrow keys read them; a table has them all.`);
  host.replaceChildren(plot, readout);
  let at = null;
  const order = model.points.map((_, index) => index).sort((a, b) => xs[a] - xs[b] || ys[a] - ys[b]);
  const draw = () => {
    const width = Math.max(host.clientWidth, 220);
    const [height, left, right, upper, lower] = [260, 52, 16, 28, 40];
    const scale = (ticks, from, to) => (value) => from + ((value - ticks[0]) * (to - from)) / (ticks[ticks.length - 1] - ticks[0]);
    const x = scale(xTicks, left, width - right);
    const y = scale(yTicks, height - lower, upper);
    const svg = element("svg", { viewBox: `0 0 ${width} ${height}`, width, height, "aria-hidden": "true" });
    svg.append(element("text", { class: "axis-title", x: 0, y: 12 }, yUnit.title));
    svg.append(element("text", { class: "axis-title", x: width - right, y: height - 4, "text-anchor": "end" }, xUnit.title));
    for (const value of yTicks) {
      svg.append(element("line", { class: "rule", x1: left, x2: width - right, y1: y(value), y2: y(value) }));
      svg.append(element("text", { class: "tick", x: left - 7, y: y(value) + 4, "text-anchor": "end" }, tickText(value, model.y, yUnit.size)));
    }
    for (const value of xTicks) {
      svg.append(element("text", { class: "tick", x: x(value), y: height - lower + 16, "text-anchor": "middle" }, tickText(value, model.x, xUnit.size)));
    }
    model.points.forEach((point, index) => {
      svg.append(element("circle", { class: `dot of-0${index === at ? " chosen" : ""}`, cx: x(point[0]), cy: y(point[1]), r: index === at ? 6 : 4 }));
    });
    plot.replaceChildren(svg);
    const point = model.points[at];
    readout.textContent = at === null ? `${model.points.length} values` : `${point[2]}: ${model.x.title} ${Promo.format(point[0], model.x.type)}, ${model.y.title} ${Promo.format(point[1], model.y.type)}`;
    readout.classList.toggle("resting", at === null);
    plot.nearest = (event) => {
      const box = plot.getBoundingClientRect();
      const away = (one) => Math.hypot(x(one[0]) - event.clientX + box.left, y(one[1]) - event.clientY + box.top);
      return model.points.reduce((best, one, index) => (away(one) < away(model.points[best]) ? index : best), 0);
    };
  };
  const move = (index) => { at = index; draw(); };
  plot.addEventListener("pointermove", (event) => move(plot.nearest(event)));
  plot.addEventListener("pointerleave", () => { if (document.activeElement !== plot) move(null); });
  plot.addEventListener("blur", () => move(null));
  plot.addEventListener("keydown", (event) => {
    const jump = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!jump) return;
    const place = at === null ? (jump > 0 ? 0 : order.length - 1) : order.indexOf(at) + jump;
    move(order[Math.min(order.length - 1, Math.max(0, place))]);
    event.preventDefault();
  });
  Promo.keepWidth(host, draw);
  draw();
};

/* Bars with their values beside them: a list, so that it reads as one. `rows`: [{name, href, value}]. */
Promo.bars = (host, rows, type, most = 12) => {
  const { element } = Promo;
  const shown = rows.slice(0, most);
  const largest = Math.max(...shown.map((row) => row.value), 0);
  if (!shown.length || largest <= 0) {
    host.replaceChildren(element("p", { class: "empty" }, "Nothing in this selection."));
    return;
  }
  const list = element("ol", { class: shown.some((row) => row.name.length > 28) ? "bars long" : "bars" });
  for (const row of shown) {
    const name = row.href ? element("a", { href: row.href }, row.name) : row.name;
    const fill = row.value > 0 ? element("span", { class: "fill", style: `width:${((100 * row.value) / largest).toFixed(2)}%` }) : "";
    list.append(element("li", {}, element("span", { class: "name" }, name), element("span", { class: "track" }, fill), element("span", { class: "value" }, Promo.format(row.value, type))));
  }
  const more = rows.length > most ? element("p", { class: "note" }, `The first ${most} of ${rows.length}; the table has all.`) : null;
  host.replaceChildren(...[list, more].filter(Boolean));
};

/* A small line without axes, for a tile or a table. */
Promo.spark = (values, width = 120, height = 28) => {
  const high = Math.max(...values, 1);
  const x = (index) => (values.length === 1 ? width / 2 : (index * width) / (values.length - 1));
  const y = (value) => height - 2 - (Math.max(value, 0) * (height - 4)) / high;
  const path = values.map((value, index) => `${index ? "L" : "M"}${x(index).toFixed(1)},${y(value).toFixed(1)}`).join("");
  const svg = Promo.element("svg", { viewBox: `0 0 ${width} ${height}`, class: "spark", "aria-hidden": "true", preserveAspectRatio: "none" });
  svg.append(Promo.element("path", { class: "stroke of-0", d: path }));
  return svg;
};
