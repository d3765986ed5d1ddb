"""Draws a chart's specification: as SVG for pages, as PNG for everything else. Nothing is fetched."""

from __future__ import annotations

import json
import re
from html import escape
from typing import TYPE_CHECKING

from promo_cli.reports.render_numbers import Numbers

if TYPE_CHECKING:
    from promo_cli.reports.charts_values import Spec


def svg(spec: Spec, numbers: Numbers, words: str = "", key: str = "chart") -> str:
    """Return an SVG element; `words` say what it shows to who cannot see it, without them it is decoration.

    Names inside begin with `key`, so that several charts can stand in one document.
    """
    import vl_convert

    text = vl_convert.vegalite_to_svg(json.dumps(spec), format_locale=_locale(numbers), allowed_base_urls=[])
    role = f'role="img" aria-label="{escape(words)}"' if words else 'aria-hidden="true"'
    # Parts of a picture have no roles of their own: its words and its table say what it shows.
    plain = re.sub(r' (role|aria-roledescription|aria-label)="[^"]*"', "", text)
    return _renamed(plain, key).replace("<svg ", f"<svg {role} ", 1)


def png(spec: Spec, numbers: Numbers) -> bytes:
    """Return a picture on white, two pixels for each point."""
    import vl_convert

    on_white = {**spec, "config": {**spec["config"], "background": "#ffffff"}, "padding": 16}
    picture: bytes = vl_convert.vegalite_to_png(
        json.dumps(on_white), scale=2, format_locale=_locale(numbers), allowed_base_urls=[]
    )
    return picture


def _locale(numbers: Numbers) -> dict[str, object]:
    return {
        "decimal": numbers.point,
        "thousands": numbers.thousands,
        "grouping": [3],
        "currency": [numbers.symbol, ""],
        "minus": numbers.minus,
    }


def _renamed(text: str, key: str) -> str:
    # The drawing program numbers its clips through all charts of a process; ours begin anew in each.
    numbers: dict[str, str] = {}
    return re.sub(
        r'(?<=[#"])clip\d+(?=["\)])', lambda found: numbers.setdefault(found[0], f"{key}-clip{len(numbers)}"), text
    )
