/* What every page does: day or night, tables that sort, filters that every figure on the page follows. */
"use strict";

/* Day or night: as the system has it, until somebody says otherwise. */

const remember = {
  get: (key) => { try { return localStorage.getItem(key); } catch { return null; } },
  set: (key, value) => { try { localStorage.setItem(key, value); } catch { /* a page from disk may not be allowed to */ } },
};

const themed = () => document.documentElement.dataset.theme || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");

Promo.theme = () => {
  const button = document.getElementById("theme");
  const tell = () => { button.querySelector("span").textContent = themed() === "dark" ? "Day" : "Night"; };
  button.hidden = false;
  button.addEventListener("click", () => {
    document.documentElement.dataset.theme = themed() === "dark" ? "light" : "dark";
    remember.set("promo-theme", document.documentElement.dataset.theme);
    tell();
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", tell);
  tell();
};

/* Tables that sort: each title becomes a button. Rows without a figure stay last. */

const keyOf = (row, at, figures) => {
  const cell = row.cells[at];
  if (!figures) return cell.textContent.trim();
  const value = cell.dataset.v;
  if (value === undefined || value === "") return null;
  return Number.isNaN(Number(value)) ? value : Number(value);
};

Promo.sort = (table, at, descending) => {
  const heads = [...table.tHead.rows[0].cells];
  const body = table.tBodies[0];
  const figures = [...body.rows].some((row) => row.cells[at].dataset.v !== undefined);
  const sign = descending ? -1 : 1;
  const rows = [...body.rows].map((row) => [keyOf(row, at, figures), row]);
  rows.sort(([a], [b]) => {
    if (a === null || b === null) return (a === null) - (b === null);
    return sign * (typeof a === "string" ? a.localeCompare(b, "en", { numeric: true }) : a - b);
  });
  body.append(...rows.map(([, row]) => row));
  heads.forEach((head, index) => {
    if (index === at) head.setAttribute("aria-sort", descending ? "descending" : "ascending");
    else head.removeAttribute("aria-sort");
  });
  table.sorted = [at, descending];
};

Promo.sortable = (table, sorted) => {
  [...table.tHead.rows[0].cells].forEach((head, at) => {
    const button = Promo.element("button", { type: "button", class: "sorter" });
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const now = table.sorted && table.sorted[0] === at ? table.sorted[1] : null;
      Promo.sort(table, at, now === null ? head.classList.contains("n") : !now);
    });
  });
  if (sorted) Promo.sort(table, ...sorted);
};

/* A table of figures. `columns`: [{title, type, help}], `rows`: [[value]], a value may be {text, href}. */
Promo.table = (host, { caption, columns, rows, total }) => {
  const { element } = Promo;
  const numeric = (column) => !["text", "date"].includes(column.type);
  const fill = (cell, value, column) => {
    if (value && value.node) cell.append(value.node);
    else if (value && value.href) cell.append(element("a", { href: value.href }, value.text));
    else if (column.type === "text") cell.append(value === null ? "" : value.text || String(value));
    else cell.append(column.type === "date" ? Promo.day(value, true) : Promo.format(value, column.type, false));
    if (column.minor) cell.classList.add("minor");
    if (numeric(column)) {
      cell.classList.add("n");
      cell.dataset.v = value === null || Number.isNaN(value) ? "" : String(value && value.node ? value.sort : value);
    } else if (column.type === "date") cell.dataset.v = value;
    return cell;
  };
  const line = (values) => element("tr", {}, ...values.map((value, at) => fill(at ? element("td") : element("th", { scope: "row" }), value, columns[at])));
  const head = element("tr", {}, ...columns.map((column) => element("th", { scope: "col", class: [numeric(column) && "n", column.minor && "minor"].filter(Boolean).join(" ") || null, title: column.help }, column.title)));
  const table = element("table", { class: "sortable" }, element("caption", { class: "hidden-text" }, caption), element("thead", {}, head), element("tbody", {}, ...rows.map(line)));
  if (total) table.append(element("tfoot", {}, element("tr", {}, ...total.map((value, at) => (value === null ? element("td") : fill(at ? element("td") : element("th", { scope: "row" }), value, columns[at]))))));
  const sorted = host.querySelector("table")?.sorted;
  const scroll = element("div", { class: rows.length > 14 ? "scroll tall" : "scroll", tabindex: "0", role: "region", "aria-label": `${caption}, table` }, table);
  host.replaceChildren(rows.length ? scroll : element("p", { class: "empty" }, "Nothing in this selection."));
  if (rows.length) Promo.sortable(table, sorted);
};

/* Filters: kept in the address, so that a link carries them and a page from disk can be reloaded. */

Promo.filters = (follow) => {
  const form = document.getElementById("filters");
  if (!form) return;
  const { days, places } = Promo.data;
  const asked = new URLSearchParams(location.hash.slice(1));
  const first = days[0];
  const last = days[days.length - 1];
  for (const field of [form.from, form.to]) { field.min = first; field.max = last; }
  const stores = form.store ? [...form.store.options] : [];
  const within = (value) => value && value >= first && value <= last;
  form.brand.value = asked.get("brand") || "";
  if (form.store) form.store.value = asked.get("store") || "";
  form.from.value = within(asked.get("from")) ? asked.get("from") : first;
  form.to.value = within(asked.get("to")) ? asked.get("to") : last;
  if (form.brand.selectedIndex < 0) form.brand.value = "";

  const apply = () => {
    if (form.store) {
      const has = new Set(places.filter((place) => !form.brand.value || place.brand === form.brand.value).map((place) => place.store));
      const kept = form.store.value;
      form.store.replaceChildren(...stores.filter((option) => !option.value || has.has(option.value)));
      form.store.value = has.has(kept) ? kept : "";
    }
    if (form.from.value < first || !form.from.value) form.from.value = first;
    if (form.to.value > last || !form.to.value) form.to.value = last;
    if (form.from.value > form.to.value) form.from.value = form.to.value;
    const chosen = { brand: form.brand.value, store: form.store ? form.store.value : "", from: form.from.value, to: form.to.value };
    const kept = new URLSearchParams();
    if (chosen.brand) kept.set("brand", chosen.brand);
    if (chosen.store) kept.set("store", chosen.store);
    if (chosen.from !== first) kept.set("from", chosen.from);
    if (chosen.to !== last) kept.set("to", chosen.to);
    const hash = kept.toString();
    history.replaceState(null, "", hash ? `#${hash}` : location.pathname);
    for (const link of document.querySelectorAll("a[data-keeps]")) link.hash = hash;
    form.querySelectorAll("[data-days]").forEach((button) => {
      const from = days[Math.max(0, days.length - Number(button.dataset.days))];
      button.setAttribute("aria-pressed", String(chosen.from === from && chosen.to === last));
    });
    Promo.hash = hash ? `#${hash}` : "";
    follow(select(chosen));
  };
  form.addEventListener("change", apply);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", (event) => {
    event.preventDefault();
    form.brand.value = "";
    if (form.store) { form.store.replaceChildren(...stores); form.store.value = ""; }
    [form.from.value, form.to.value] = [first, last];
    apply();
  });
  form.querySelectorAll("[data-days]").forEach((button) => {
    button.addEventListener("click", () => {
      form.from.value = days[Math.max(0, days.length - Number(button.dataset.days))];
      form.to.value = last;
      apply();
    });
  });
  apply();
};

const select = (chosen) => {
  const { days, places } = Promo.data;
  const from = days.indexOf(chosen.from);
  const to = days.indexOf(chosen.to);
  const wanted = places.map((place) => (!chosen.brand || place.brand === chosen.brand) && (!chosen.store || place.store === chosen.store));
  return { from, to, wanted, chosen };
};

/* Sums of the selection. Uses: [promotion, day, place, uses, discount, net]; sales: [day, place, bills, with, discount, net].
   Amounts are whole numbers of the currency's smallest unit. */
const major = (minor) => minor / 10 ** Promo.numbers.places;

Promo.byDay = (rows, column, { from, to, wanted }, before = 0) => {
  const [day, place] = rows === Promo.data.sales ? [0, 1] : [1, 2];
  const sums = new Array(to - from + 1 + before).fill(0);
  for (const row of rows) {
    const at = row[day] - from + before;
    if (at >= 0 && at < sums.length && wanted[row[place]]) sums[at] += row[column];
  }
  return sums;
};

const groups = (rows, key, columns, { from, to, wanted }) => {
  const [day, place] = rows === Promo.data.sales ? [0, 1] : [1, 2];
  const found = new Map();
  for (const row of rows) {
    if (row[day] < from || row[day] > to || !wanted[row[place]]) continue;
    const name = key(row);
    let sums = found.get(name);
    if (!sums) found.set(name, (sums = columns.map(() => 0)));
    columns.forEach((column, at) => { sums[at] += row[column]; });
  }
  return found;
};

const total = (values) => values.reduce((sum, value) => sum + value, 0);
const share = (part, whole) => (whole ? part / whole : null);

/* How much the last days differ from as many before them. */
const change = (values, count) => {
  const now = total(values.slice(-count));
  const before = values.length >= 2 * count ? total(values.slice(-2 * count, -count)) : null;
  return { now, before, share: before ? now / before - 1 : null };
};

const tile = (id, text, aside, spark) => {
  const holder = document.getElementById(id);
  if (!holder) return;
  holder.replaceChildren(Promo.element("span", { class: "figure", style: `--n:${text.length}` }, text), ...(aside ? [Promo.element("div", { class: "aside" }, aside)] : []), ...(spark ? [Promo.spark(spark)] : []));
};

const compared = ({ share: moved, before }, words) => {
  if (before === null) return "the days before are not here";
  if (moved === null) return `nothing in ${words}`;
  return `${moved < 0 ? "−" : "+"}${Promo.plain(Math.abs(moved) * 100, 1)}% on ${words}`;
};

const draw = (id, chart) => { const host = document.getElementById(id); if (host) chart(host); };
const money = (values) => values.map(major);

Promo.overview = () => Promo.filters((chosen) => {
  const { uses, sales, promotions, places, days } = Promo.data;
  const long = money(Promo.byDay(sales, 4, { ...chosen, from: 0 }));
  for (const [id, count, words] of [["today", 1, "the day before"], ["week", 7, "the 7 days before"], ["month", 30, "the 30 days before"]]) {
    const moved = change(long, count);
    tile(id, Promo.format(moved.now, "amount"), compared(moved, words), count > 1 ? long.slice(-count) : null);
  }
  const xs = days.slice(chosen.from, chosen.to + 1);
  const day = { title: "Day", type: "date" };
  const discounts = money(Promo.byDay(sales, 4, chosen));
  const bills = Promo.byDay(sales, 2, chosen);
  const having = Promo.byDay(sales, 3, chosen);
  tile("reach", Promo.format(share(total(having), total(bills)), "percent"), `${Promo.format(total(having), "count")} of ${Promo.format(total(bills), "count")} bills`);
  draw("discount-by-day", (host) => Promo.line(host, { title: "Discount by day", x: day, y: { title: "Discount", type: "amount" }, xs, series: [{ name: "Discount", values: discounts }] }));
  draw("share-by-day", (host) => Promo.line(host, {
    title: "Bills with a promotion by day", x: day, y: { title: "Share of bills", type: "percent" }, xs, rest: "of all bills",
    series: [{ name: "Share", values: having.map((count, at) => share(count, bills[at])) }],
  }));
  const nets = money(Promo.byDay(sales, 5, chosen));
  draw("days", (host) => Promo.table(host, {
    caption: "Days",
    columns: [day, { title: "Bills", type: "count" }, { title: "With a promotion", type: "percent" }, { title: "Discount", type: "amount" }, { title: "Net", type: "amount" }],
    rows: xs.map((iso, at) => [iso, bills[at], share(having[at], bills[at]), discounts[at], nets[at]]),
  }));
  const found = groups(uses, (row) => row[0], [3, 4, 5], chosen);
  const named = (at) => ({ text: promotions[at].code, href: promotions[at].href && promotions[at].href + Promo.hash });
  const single = new Map(promotions.map((_, at) => [at, []]));
  uses.forEach((use) => single.get(use[0]).push(use));
  const rows = promotions.map((promotion, at) => {
    const [count, given, net] = found.get(at) || [0, 0, 0];
    return { at, promotion, count, given: major(given), net: major(net) };
  });
  const by = { discount: "given", uses: "count" }[document.getElementById("top-by")?.value] || "given";
  const top = rows.filter((row) => row[by] > 0).sort((a, b) => b[by] - a[by] || (a.promotion.code < b.promotion.code ? -1 : 1));
  draw("top-promotions", (host) => Promo.bars(host, top.map((row) => ({ name: row.promotion.code, href: named(row.at).href, value: row[by] })), by === "given" ? "amount" : "count", 14));
  const searched = (document.getElementById("search")?.value || "").trim().toLowerCase();
  const matching = rows.filter(({ promotion }) => `${promotion.code} ${promotion.name} ${promotion.status} ${promotion.type}`.toLowerCase().includes(searched));
  draw("promotions", (host) => Promo.table(host, {
    caption: "Promotions",
    columns: [
      { title: "Promotion", type: "text" }, { title: "Name", type: "text", minor: true }, { title: "Status", type: "text", minor: true },
      { title: "Uses", type: "count", help: "completed bills with the promotion, less voided and returned ones" },
      { title: "Discount", type: "amount", help: "given, less what returns took back" },
      { title: "Net of bills", type: "amount", help: "what was paid on bills with it; not incremental" },
      { title: "By day", type: "number", help: "uses", minor: true },
    ],
    rows: matching.sort((a, b) => b.given - a.given || b.count - a.count).map((row) => [
      named(row.at), row.promotion.name, row.promotion.status, row.count, row.given, row.net,
      { node: Promo.spark(Promo.byDay(single.get(row.at), 3, chosen), 90, 20), sort: row.count },
    ]),
  }));
  const stores = groups(sales, (row) => row[1], [2, 3, 4], chosen);
  const merged = new Map();
  for (const [place, values] of stores) {
    const { store, name } = places[place];
    const sums = merged.get(store) || { name, values: [0, 0, 0] };
    merged.set(store, { name, values: sums.values.map((value, at) => value + values[at]) });
  }
  draw("stores", (host) => Promo.table(host, {
    caption: "Stores",
    columns: [{ title: Promo.data.byBrand ? "Brand" : "Store", type: "text" }, { title: "Bills", type: "count" }, { title: "With a promotion", type: "percent" }, { title: "Discount", type: "amount" }],
    rows: [...merged.values()].sort((a, b) => b.values[2] - a.values[2]).map(({ name, values }) => [name, values[0], share(values[1], values[0]), major(values[2])]),
    total: ["All", total(bills), share(total(having), total(bills)), total(discounts)],
  }));
});

Promo.promotion = () => Promo.filters((chosen) => {
  const { uses, sales, places, days } = Promo.data;
  const xs = days.slice(chosen.from, chosen.to + 1);
  const day = { title: "Day", type: "date" };
  const counts = Promo.byDay(uses, 3, chosen);
  const given = money(Promo.byDay(uses, 4, chosen));
  const net = money(Promo.byDay(uses, 5, chosen));
  tile("uses", Promo.format(total(counts), "count"));
  tile("discount", Promo.format(total(given), "amount"), total(counts) ? `${Promo.format(total(given) / total(counts), "amount")} a use` : "");
  tile("net", Promo.format(total(net), "amount"), "of bills with it; not incremental");
  const words = { title: "Uses", type: "count", words: "uses" };
  draw("uses-by-day", (host) => Promo.line(host, { title: "Uses by day", x: day, y: words, xs, series: [{ name: "Uses", values: counts }], rest: `${Promo.format(total(counts), "count")} uses` }));
  draw("discount-by-day", (host) => Promo.line(host, { title: "Discount by day", x: day, y: { title: "Discount", type: "amount" }, xs, series: [{ name: "Discount", values: given }] }));
  const here = groups(uses, (row) => places[row[2]].store, [3, 4, 5], chosen);
  const bills = groups(sales, (row) => places[row[1]].store, [2], chosen);
  const names = new Map(places.map((place) => [place.store, place.name]));
  const rows = [...here].map(([store, [count, discount, paid]]) => ({ name: names.get(store), count, given: major(discount), net: major(paid), share: share(count, (bills.get(store) || [0])[0]) }));
  rows.sort((a, b) => b.count - a.count || (a.name < b.name ? -1 : 1));
  tile("reach", `${rows.filter((row) => row.count > 0).length}`, `of ${bills.size} with sales`);
  draw("store-bars", (host) => Promo.bars(host, rows.map((row) => ({ name: row.name, value: row.count })), "count", 15));
  draw("stores", (host) => Promo.table(host, {
    caption: "Stores",
    columns: [{ title: Promo.data.byBrand ? "Brand" : "Store", type: "text" }, { title: "Uses", type: "count" }, { title: "Of its bills", type: "percent" }, { title: "Discount", type: "amount" }, { title: "Net of bills", type: "amount" }],
    rows: rows.map((row) => [row.name, row.count, row.share, row.given, row.net]),
  }));
  draw("days", (host) => Promo.table(host, {
    caption: "Days",
    columns: [day, { title: "Uses", type: "count" }, { title: "Discount", type: "amount" }, { title: "Net of bills", type: "amount" }],
    rows: xs.map((iso, at) => [iso, counts[at], given[at], net[at]]),
  }));
});

document.addEventListener("DOMContentLoaded", () => {
  Promo.read();
  Promo.theme();
  document.querySelectorAll("table.sortable").forEach((table) => Promo.sortable(table));
  document.querySelectorAll("[data-chart]").forEach((host) => {
    const model = Promo.data.charts[host.dataset.chart];
    (model.points ? Promo.scatter : Promo.line)(host, model);
  });
  const page = document.body.dataset.page;
  const menu = document.querySelector(".menu");
  const current = menu.querySelector("[aria-current]");
  if (current) menu.scrollLeft = current.offsetLeft - menu.clientWidth / 2;
  for (const id of ["top-by", "search"]) {
    document.getElementById(id)?.addEventListener("input", () => document.getElementById("filters").dispatchEvent(new Event("change")));
  }
  if (page === "overview") Promo.overview();
  if (page === "promotion") Promo.promotion();
  if (page === "roi") Promo.roi();
});
