"""Python examples run, page by page, in the order of the page."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from audiogan.registry import loading
from tests.docs.pages import PAGES, blocks

TUTORIAL = "tutorial.md"
"""Its own test follows it from the first line to the last."""

WITH_PYTHON = [
    page for page in PAGES if page.name != TUTORIAL and any(block.language == "python" for block in blocks(page))
]


@pytest.mark.parametrize("page", WITH_PYTHON, ids=lambda page: page.stem)
def test_examples_run(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(loading, "_by_hand", [])  # what a page registers is no other test's
    names: dict[str, Any] = {"__name__": f"documented_{page.stem}"}
    for block in blocks(page):
        if block.language == "python":
            exec(compile("\n" * (block.line - 1) + block.text, str(page), "exec"), names)
