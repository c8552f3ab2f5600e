from __future__ import annotations

import configparser
import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path, PurePosixPath
from zipfile import ZipFile

import pytest

from audiogan.lstm.cpu.compilation import instruction_sets

ROOT = Path(__file__).parents[2]
SOURCES = ("audiogan", "plugins")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel built from a copy, so that nothing is left in the tree and nothing untracked outside it is seen.

    Its libraries are empty: what was compiled when audiogan was installed is not compiled again.
    """
    compiler = tmp_path_factory.mktemp("compiler") / "c++"
    compiler.write_text('#!/bin/sh\nfor last; do :; done\ntouch "$last"\n')
    compiler.chmod(0o755)
    tree = tmp_path_factory.mktemp("tree")
    for name in SOURCES:
        shutil.copytree(ROOT / name, tree / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "hatch_build.py"):
        shutil.copy(ROOT / name, tree / name)
    dist = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(dist), str(tree)]
    environment = {**os.environ, "CXX": str(compiler)}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    assert done.returncode == 0, done.stdout + done.stderr
    (built,) = dist.glob("*.whl")
    return built


def test_every_file_of_core_and_plugins_is_in_the_wheel(wheel: Path) -> None:
    expected = {
        path.relative_to(ROOT / "plugins" if source == "plugins" else ROOT).as_posix()
        for source in SOURCES
        for path in (ROOT / source).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    with ZipFile(wheel) as archive:
        packed = {name for name in archive.namelist() if ".dist-info/" not in name}
    assert packed == expected
    assert "audiogan/py.typed" in packed
    assert "audiogan_bach/pieces.toml" in packed


def test_the_wheel_is_for_the_platform_whose_libraries_it_holds(wheel: Path) -> None:
    platform = sysconfig.get_platform().replace("-", "_").replace(".", "_")
    with ZipFile(wheel) as archive:
        names = archive.namelist()
        (description,) = (name for name in names if name.endswith(".dist-info/WHEEL"))
        fields = dict(line.split(": ", 1) for line in archive.read(description).decode().splitlines() if line)
    libraries = [name for name in names if PurePosixPath(name).suffix in (".so", ".dylib")]
    assert len(libraries) == len(instruction_sets()) + 1
    assert fields["Tag"] == f"py3-none-{platform}"
    assert fields["Root-Is-Purelib"] == "false"
    assert wheel.name.endswith(f"-{fields['Tag']}.whl")


def test_the_wheel_names_its_plugins_and_its_command(wheel: Path) -> None:
    with ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith(".dist-info/entry_points.txt"))
        entry_points = configparser.ConfigParser()
        entry_points.read_string(archive.read(name).decode())
    folders = {path.parent.name for path in (ROOT / "plugins").glob("*/__init__.py")}
    assert dict(entry_points["audiogan"]) == {folder: folder for folder in folders}
    assert dict(entry_points["console_scripts"]) == {"audiogan": "audiogan.cli:main"}


def test_the_wheel_works_without_the_tree(wheel: Path, tmp_path: Path) -> None:
    with ZipFile(wheel) as archive:
        archive.extractall(tmp_path)
    # the wheel's folder stands before the environment's own installation, which then no longer counts
    code = """
import audiogan, sys
from audiogan.registry import installed
registry = installed()
assert audiogan.__file__.startswith(sys.argv[1]), audiogan.__file__
assert registry.broken == (), registry.broken
for kind in registry.entries:
    for name in registry.names(kind):
        module = sys.modules[registry.find(kind, name).component_class.__module__]
        assert module.__file__.startswith(sys.argv[1]), module.__file__
        print(kind, name)
"""
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    command = [sys.executable, "-c", code, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path, env=environment)
    assert done.returncode == 0, done.stderr
    assert {"dataset bach-piano", "discriminator lstm-conv", "metric inception-score"} <= set(done.stdout.splitlines())
