"""The kinds of charts, each as the part of a Vega-Lite specification that differs: data, marks, axes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

from promo_cli.reports.charts_values import (
    Spec,
    column_of,
    drawn_rows,
    in_order_of,
    label_of,
    place,
    records_of,
    scaled,
    unit_of,
    unit_of_columns,
)
from promo_cli.reports.render_numbers import Numbers
from promo_cli.reports.result import Chart, Section

MOST_BARS = 20
"""More categories than this are not drawn: the table has them all."""

INK, MUTED, RULE, PAPER = "#1d1c1a", "#5f5b53", "#dcd7cc", "#ffffff"
SERIES = ("#0b6b61", "#b3590c", "#4a54a5", "#8d3a69", "#5b6b1f", "#2f6f9f", "#9a4a3a", "#6b6660")
"""Colours of series in order; each has at least 4.5:1 on white."""
SHADES = ("#e3f0ed", "#0b6b61")
"""A heat map from nothing to the most. It is the same by day and by night, and so is what is written on it."""
ON_LIGHT, ON_DARK = "#1d1c1b", "#fffffe"

_BAR_HEIGHT = 24
_LETTER = 6.4
"""About how wide a letter or digit is at the size of labels, in pixels."""
_MOST_POINTS = 35
_MANY_DAYS = 300


def bars(section: Section, chart: Chart, numbers: Numbers, width: int) -> Spec:
    """Bars from the left, with their values at their ends; a funnel is bars that fall."""
    records, _ = records_of(section, chart, numbers)
    categories = list(dict.fromkeys(record["x"] for record in records))[:MOST_BARS]
    records = [record for record in records if record["x"] in categories]
    several = len({record["series"] for record in records}) > 1
    step = _BAR_HEIGHT if not several else 18
    y: Spec = {"field": "x", "type": "nominal", "sort": categories, "axis": {"title": None, "labelLimit": 190}}
    scale = {"zero": True, **_room_for_labels(records, width)}
    base: Spec = {"y": y, "x": {"field": "y", "type": "quantitative", "axis": None, "scale": scale}}
    colour: Spec = {"value": SERIES[0]}
    if several:
        names = list(dict.fromkeys(record["series"] for record in records))
        base["yOffset"] = {"field": "series", "sort": names}
        colour = _colour(names, width)
    label: Spec = {"type": "text", "align": "left", "baseline": "middle", "dx": 5, "color": INK}
    return {
        "height": {"step": step},
        "data": {"values": records},
        "encoding": base,
        "layer": [
            {"mark": {"type": "bar", "cornerRadiusEnd": 2, "height": {"band": 0.72}}, "encoding": {"color": colour}},
            {"mark": label, "encoding": {"text": {"field": "text"}}},
        ],
        **_caption(section, chart, numbers),
    }


def _room_for_labels(records: Sequence[Spec], width: int) -> Spec:
    """End the axis behind the longest bar, so that its value is not cut off at the edge."""
    largest = max((record["y"] for record in records if record["y"] is not None), default=0)
    names, values = (max(len(record[key]) for record in records) * _LETTER for key in ("x", "text"))
    plot = max(width - min(names, 190), width / 3)
    return {"domainMax": largest * plot / max(plot - values - 12, plot / 3)} if largest > 0 else {}


def _caption(section: Section, chart: Chart, numbers: Numbers) -> Spec:
    """Name what is drawn: values are written in whole where they are drawn, so there is no axis."""
    column = column_of(section, chart.y[0])
    symbol = numbers.symbol.strip() if column.type == "amount" else ""
    words = ", ".join(part for part in (column.title if len(chart.y) == 1 else "", symbol) if part)
    return {"title": {"text": words, "anchor": "start", "fontSize": 11, "fontWeight": "normal", "color": MUTED}}


def lines(section: Section, chart: Chart, numbers: Numbers, width: int) -> Spec:
    """Lines over days or an ordered scale; a single one has its area shaded."""
    records, unit = records_of(section, chart, numbers)
    names = list(dict.fromkeys(record["series"] for record in records))
    x_column = column_of(section, chart.x)
    dates = x_column.type == "date"
    at = place(section, chart.x)
    days = sorted({day for row in drawn_rows(section) if isinstance(day := row[at], dt.date)})
    long = len(days) > 1 and (days[-1] - days[0]).days > _MANY_DAYS
    x: Spec = {
        "field": "x",
        "type": "temporal" if dates else "ordinal" if x_column.type == "text" else "quantitative",
        "axis": {"title": None if dates else x_column.title, "grid": False, "labelAngle": 0, "labelFlush": True},
    }
    if dates:
        x["scale"] = {"type": "utc"}
        x["axis"] |= {
            "format": "%b %Y" if long else "%-d %b",
            "tickCount": {"interval": "month"} if long else max(3, width // 110),
        }
        if len(days) <= 6:
            x["axis"] |= {"values": [day.isoformat() for day in days]}
    elif x_column.type == "text":
        x["sort"] = list(dict.fromkeys(record["x"] for record in records))
    y: Spec = {"field": "y", "type": "quantitative", "axis": {"title": unit, **_title_on_top(), "tickCount": 4}}
    y["scale"] = {"zero": True}
    colour: Spec = {"value": SERIES[0]} if len(names) < 2 else _colour(names, width)
    point = {"size": 22, "filled": True} if len({record["x"] for record in records}) <= _MOST_POINTS else False
    layers: list[Spec] = [{"mark": {"type": "line", "strokeWidth": 2, "point": point}, "encoding": {"color": colour}}]
    if len(names) < 2:
        layers.insert(0, {"mark": {"type": "area", "color": SERIES[0], "opacity": 0.1}})
    return {"height": 190, "data": {"values": records}, "encoding": {"x": x, "y": y}, "layer": layers}


def heatmap(section: Section, chart: Chart, numbers: Numbers, width: int) -> Spec:
    """A table of shades with its values written in."""
    records, _ = records_of(section, chart, numbers)
    down = list(dict.fromkeys(record["series"] for record in records))[:MOST_BARS]
    across = in_order_of(list(dict.fromkeys(record["x"] for record in records))[:MOST_BARS], down)
    records = [record for record in records if record["x"] in across and record["series"] in down]
    highest = max((record["y"] for record in records if record["y"] is not None), default=0)
    for record in records:
        shade = "none" if record["y"] is None else "dark" if record["y"] > highest * 0.7 else "light"
        record["shade"] = shade
    x_title = column_of(section, chart.x).title
    y_title = column_of(section, chart.series).title if chart.series else None
    crowded = len(across) * (max(map(len, across), default=0) + 1) * _LETTER > width * 0.75
    slanted = {"labelAngle": -40, "labelAlign": "left"} if crowded else {"labelAngle": 0}
    axis: Spec = {"orient": "top", "title": x_title, "labelLimit": 110, "domain": False, **slanted}
    return {
        "height": {"step": 32},
        "data": {"values": records},
        "encoding": {
            "x": {"field": "x", "type": "nominal", "sort": across, "axis": axis},
            "y": {"field": "series", "type": "nominal", "sort": down, "axis": {"title": y_title, "domain": False}},
        },
        "resolve": {"scale": {"color": "independent"}},
        "layer": [
            {
                "mark": {"type": "rect", "stroke": PAPER, "strokeWidth": 2},
                "encoding": {
                    "color": {
                        "field": "y",
                        "type": "quantitative",
                        "scale": {"range": list(SHADES), "domainMin": 0},
                        "legend": None,
                    }
                },
            },
            {
                "mark": {"type": "text"},
                "encoding": {
                    "text": {"field": "text"},
                    "color": {
                        "field": "shade",
                        "scale": {"domain": ["none", "light", "dark"], "range": [INK, ON_LIGHT, ON_DARK]},
                        "legend": None,
                    },
                },
            },
        ],
        **_caption(section, chart, numbers),
    }


def intervals(section: Section, chart: Chart, numbers: Numbers, _: int) -> Spec:
    """Estimates with their intervals, and where zero is."""
    column = column_of(section, chart.y[0])
    divisor, unit = unit_of(section, chart, numbers)
    ends = [place(section, name) for name in column.interval or ()]
    records = []
    for row in drawn_rows(section)[:MOST_BARS]:
        value = row[place(section, column.name)]
        if not isinstance(value, int | Decimal):
            continue
        record = {
            "x": label_of(row[place(section, chart.x)], column_of(section, chart.x), numbers),
            "y": scaled(value, divisor, column),
            "text": numbers.cell(value, column),
        }
        if len(ends) == 2 and all(isinstance(row[end], int | Decimal) for end in ends):
            record |= {"low": scaled(row[ends[0]], divisor, column), "high": scaled(row[ends[1]], divisor, column)}
        records.append(record)
    names = [record["x"] for record in records]
    y: Spec = {"field": "x", "type": "nominal", "sort": names, "axis": {"title": None, "labelLimit": 190}}
    estimate: Spec = {"field": "y", "type": "quantitative"}
    interval: Spec = {"field": "low", "type": "quantitative", "axis": {"title": unit, "tickCount": 5, "grid": True}}
    bar: Spec = {"type": "rule", "strokeWidth": 3, "color": SERIES[0], "opacity": 0.45}
    dot: Spec = {"type": "point", "filled": True, "size": 70, "color": SERIES[0], "opacity": 1}
    text: Spec = {"type": "text", "dy": -11, "color": INK}
    zero: Spec = {"type": "rule", "color": MUTED, "strokeDash": [3, 3]}
    return {
        "height": {"step": 34},
        "data": {"values": records},
        "layer": [
            {"mark": zero, "encoding": {"x": {"datum": 0}}},
            {"mark": bar, "encoding": {"x": interval, "x2": {"field": "high"}, "y": y}},
            {"mark": dot, "encoding": {"x": estimate, "y": y}},
            {"mark": text, "encoding": {"x": estimate, "y": y, "text": {"field": "text"}}},
        ],
    }


def scatter(section: Section, chart: Chart, numbers: Numbers, _: int) -> Spec:
    """A dot for each row, named where there are few."""
    x_column, y_column = column_of(section, chart.x), column_of(section, chart.y[0])
    x_divisor, x_unit = unit_of_columns(section, [x_column], numbers)
    y_divisor, y_unit = unit_of_columns(section, [y_column], numbers)
    named = chart.series or next((column.name for column in section.columns if column.type == "text"), None)
    records = []
    for row in drawn_rows(section):
        x, y = row[place(section, chart.x)], row[place(section, chart.y[0])]
        if isinstance(x, int | Decimal) and isinstance(y, int | Decimal):
            label = label_of(row[place(section, named)], column_of(section, named), numbers) if named else ""
            records.append({"x": scaled(x, x_divisor, x_column), "y": scaled(y, y_divisor, y_column), "text": label})
    labels: Spec = {"mark": {"type": "text", "dy": -9, "color": MUTED}, "encoding": {"text": {"field": "text"}}}
    dots: Spec = {"mark": {"type": "point", "filled": True, "size": 55, "color": SERIES[0], "opacity": 0.75}}
    return {
        "height": 260,
        "data": {"values": records},
        "encoding": {
            "x": {"field": "x", "type": "quantitative", "axis": {"title": x_unit, "grid": False, "tickCount": 6}},
            "y": {"field": "y", "type": "quantitative", "axis": {"title": y_unit, **_title_on_top(), "tickCount": 5}},
        },
        "layer": [dots, labels] if len(records) <= MOST_BARS else [dots],
    }


def _colour(names: Sequence[str], width: int) -> Spec:
    colours = [SERIES[index % len(SERIES)] for index in range(len(names))]
    columns = max(1, int(width / (max(map(len, names)) * _LETTER + 30)))
    legend = {
        "orient": "top",
        "title": None,
        "symbolType": "square",
        "columns": columns,
        "labelLimit": 320,
        "offset": 24,
    }
    return {"field": "series", "scale": {"domain": list(names), "range": colours}, "legend": legend}


def _title_on_top() -> Spec:
    return {"titleAngle": 0, "titleAlign": "left", "titleAnchor": "end", "titleY": -10, "titleX": 0}
