"""Fitting matplotlib's SVG into an HTML page."""

from __future__ import annotations

import re
from html import escape

from audiogan.report.figure_style import FAINT, GRID, INK, PAPER, SERIES

_STYLE_RULE = re.compile(r"\s*<style type=\"text/css\">.*?</style>", re.DOTALL)
_METADATA = re.compile(r"\s*<metadata>.*?</metadata>", re.DOTALL)
_SIZE = re.compile(r'(<svg [^>]*?)width="[\d.]+pt" height="[\d.]+pt"')
_ID = re.compile(r'\bid="([^"]+)"')
_BLANK_GLYPH = re.compile(r"<path (?![^>]*\bd=)")
_REFERENCE = re.compile(r'(href="#|url\(#)')


def inline_svg(svg: str, *, name: str, description: str) -> str:
    """An ``svg`` element for the page: it fills its column, and takes its colours from the page's style sheet.

    ``name`` sets its ids apart from those of other figures on the page; ``description`` is read out in its place.
    Ink, grid and series colours become the variables ``--ink``, ``--faint``, ``--grid`` and ``--series-1`` onwards.
    """
    text = svg[svg.index("<svg ") :]
    text = _METADATA.sub("", _STYLE_RULE.sub("", text))
    text = _SIZE.sub(rf'\1role="img" aria-label="{escape(description)}"', text, count=1)
    text = _ID.sub(rf'id="{name}-\1"', text)
    text = _REFERENCE.sub(rf"\g<1>{name}-", text)
    text = _BLANK_GLYPH.sub('<path d="" ', text)
    text = text.replace("xlink:href", "href").replace(PAPER, "none")
    for colour, variable in ((INK, "ink"), (FAINT, "faint"), (GRID, "grid")):
        text = text.replace(colour, f"var(--{variable})")
    for position, colour in enumerate(SERIES, start=1):
        text = text.replace(colour, f"var(--series-{position})")
    return text.strip()
