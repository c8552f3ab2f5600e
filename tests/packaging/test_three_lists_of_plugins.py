from __future__ import annotations

import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
FOLDERS = {path.parent.name for path in (ROOT / "plugins").glob("*/__init__.py")}


def test_folders_packages_and_entry_points_are_the_same() -> None:
    packages = PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
    entry_points = PROJECT["project"]["entry-points"]["audiogan"]
    assert FOLDERS
    assert sorted(packages) == sorted(["audiogan", *(f"plugins/{folder}" for folder in FOLDERS)])
    assert entry_points == {folder: folder for folder in FOLDERS}


def test_imports_are_checked_in_every_plugin() -> None:
    linter = PROJECT["tool"]["importlinter"]
    plugins, core = linter["contracts"][-1]["layers"]
    assert sorted(linter["root_packages"]) == sorted(["audiogan", *FOLDERS])
    assert (sorted(plugins.split(" | ")), core) == (sorted(FOLDERS), "audiogan")


def test_types_are_checked_in_every_plugin() -> None:
    assert set(PROJECT["tool"]["mypy"]["packages"]) >= FOLDERS
