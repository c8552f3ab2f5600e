from __future__ import annotations

import sys
import textwrap
from collections.abc import Callable, Iterator
from importlib.metadata import distributions
from pathlib import Path

import pytest

from audiogan.registry import Registry, load_plugins


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """Writes a distribution with one module and one entry point to a folder on the path."""
    monkeypatch.syspath_prepend(str(tmp_path))
    before = set(sys.modules)

    def write(name: str, code: str, *, module: str | None = None, folder: str = "") -> None:
        module = module or name.replace("-", "_")
        site = tmp_path / folder
        information = site / f"{name.replace('-', '_')}-1.0.dist-info"
        information.mkdir(parents=True)
        (information / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        (information / "entry_points.txt").write_text(f"[audiogan]\n{module} = {module}\n")
        (tmp_path / f"{module}.py").write_text(textwrap.dedent(code))

    yield write
    for module in set(sys.modules) - before:
        del sys.modules[module]


@pytest.fixture
def load(tmp_path: Path) -> Callable[..., Registry]:
    def load_from(*folders: str) -> Registry:
        return load_plugins(distributions(path=[str(tmp_path / folder) for folder in folders or ("",)]))

    return load_from
