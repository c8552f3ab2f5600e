"""Fills the pages with what the code says of itself.

A marker stands alone on its line: ``<!-- components: generator -->`` becomes the reference of all generators. What is
generated cannot fall behind the code, and a marker that nothing answers to fails the build.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from component_reference import all_components, renditions, section
from included import command_help, file_contents, quick_profile
from interface_reference import checks, hooks, interface, public_names
from mkdocs.exceptions import PluginError

_MARKER = re.compile(r"^<!-- ([a-z]+): *(.*?) *-->$", re.MULTILINE)
_GENERATORS: Mapping[str, Callable[[str], str]] = {
    "checks": checks,
    "components": all_components,
    "file": file_contents,
    "help": command_help,
    "hooks": hooks,
    "interface": interface,
    "names": public_names,
    "quick": quick_profile,
    "renditions": renditions,
    "section": section,
}


def on_page_markdown(markdown: str, **_event: Any) -> str:
    """The page with every marker replaced; mkdocs calls this for each page."""
    return _MARKER.sub(_expand, markdown)


def _expand(marker: re.Match[str]) -> str:
    name, argument = marker.groups()
    if name not in _GENERATORS:
        raise PluginError(f"unknown marker '{marker[0]}'; known: {', '.join(_GENERATORS)}")
    return _GENERATORS[name](argument)
