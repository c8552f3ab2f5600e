from __future__ import annotations

import subprocess
import sys
from html import unescape
from pathlib import Path

import pytest

from tests.docs.pages import REPOSITORY


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site as ``make docs`` builds it."""
    folder = tmp_path_factory.mktemp("documentation") / "site"
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(folder)]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture(scope="session")
def built_page(site: Path) -> dict[str, str]:
    """The HTML of each page, its entities resolved, by the name of its folder."""
    return {
        str(path.parent.relative_to(site)): unescape(path.read_text(encoding="utf-8"))
        for path in site.rglob("index.html")
    }
