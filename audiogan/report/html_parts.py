"""Pieces of HTML that the page and its sections are made of; every text passes through them escaped."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import quote

from audiogan.report.formatting import format_figure, one_line


def text_of(text: str) -> str:
    """``text`` as HTML that shows it as it stands, on one line.

    >>> text_of("<b> & co")
    '&lt;b&gt; &amp; co'
    """
    return escape(one_line(text))


def link_to(folder: Path, path: Path) -> str:
    """The address of ``path``, relative to a page in ``folder``, escaped for an attribute."""
    return escape(quote(path.relative_to(folder).as_posix()))


def file_links(folder: Path, names: Sequence[str]) -> str:
    """A list of links to those of the named files in ``folder`` that exist; empty where none does."""
    found = [folder / name for name in names if (folder / name).is_file()]
    links = "".join(f'<li><a href="{link_to(folder, path)}">{text_of(path.name)}</a></li>' for path in found)
    return f'<ul class="files">{links}</ul>' if links else ""


def description_list(values: Mapping[str, Any]) -> str:
    """Names and values, numbers with four significant digits, anything nested as JSON."""
    items = "".join(
        f"<div><dt>{text_of(name.replace('_', ' '))}</dt><dd>{text_of(_value_text(value))}</dd></div>"
        for name, value in values.items()
    )
    return f"<dl>{items}</dl>" if items else ""


def _value_text(value: object) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value is None:
        return "–"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:,.0f}" if value.is_integer() and abs(value) < 1e9 else format_figure(value)
    return json.dumps(value, ensure_ascii=False)
