from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "docs" / "plugin-example"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the example plugin installed by pip, and a second plugin that fails to import."""
    site = tmp_path_factory.mktemp("site")
    options = ["--no-deps", "--no-build-isolation", "--no-index", "--disable-pip-version-check", "--quiet"]
    tree = tmp_path_factory.mktemp("tree")
    for path in EXAMPLE.iterdir():
        if path.is_file():
            (tree / path.name).write_bytes(path.read_bytes())
    command = [sys.executable, "-m", "pip", "install", *options, "--target", str(site), str(tree)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    information = site / "audiogan_ruin-2.0.dist-info"
    information.mkdir()
    (information / "METADATA").write_text("Metadata-Version: 2.1\nName: audiogan-ruin\nVersion: 2.0\n")
    (information / "entry_points.txt").write_text("[audiogan]\nruin = audiogan_ruin\n")
    (site / "audiogan_ruin.py").write_text("import a_library_that_is_gone\n")
    return site


def run(site: Path, *command: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(site)}
    return subprocess.run(
        [sys.executable, *command], capture_output=True, text=True, check=False, env=environment, cwd=site
    )


def test_describe_shows_it_and_names_the_broken_one(site: Path) -> None:
    done = run(site, "-m", "audiogan", "describe")
    assert done.returncode == 0, done.stderr
    assert re.search(r"^  discriminator +patch +audiogan-plugin-example 0\.1\.0 ", done.stdout, re.MULTILINE)
    assert (
        "plugin 'ruin' of audiogan-ruin 2.0 could not be loaded: ModuleNotFoundError: No module named "
        "'a_library_that_is_gone' (audiogan_ruin.py, line 1)"
    ) in done.stdout
    assert "lstm-conv" in done.stdout
    done = run(site, "-m", "audiogan", "describe", "patch")
    assert done.returncode == 0, done.stderr
    assert "(25, 32, 1)" in done.stdout


def test_an_experiment_file_may_name_it(site: Path, tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(
        'generator = "wavegan"\nloss = "lsgan"\ntraining.steps = 1\n'
        '[[experiment]]\nname = "mine"\ndiscriminator = { type = "patch", dim = 3 }\n'
    )
    code = """
import sys
from pathlib import Path
import torch
from audiogan.build import build
from audiogan.registry import installed
from audiogan.spec import read_experiments
from audiogan.testing import waveform_data
registry = installed()
(spec,) = read_experiments(Path(sys.argv[1]), registry=registry).experiments
patch = build("discriminator", spec.discriminator, registry, waveform_data(256))
print(type(patch).__name__, patch.hidden.out_channels, tuple(patch(torch.zeros(2, 1, 256)).shape))
"""
    done = run(site, "-c", code, str(file))
    assert done.stdout == "PatchDiscriminator 3 (2,)\n", done.stderr


def test_a_mistake_names_the_plugin_that_is_broken(site: Path, tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text('[[experiment]]\nname = "mine"\ndiscriminator = "ruin"\n')
    done = run(site, "-m", "audiogan", "run", str(file))
    assert done.returncode == 2
    assert "unknown discriminator 'ruin'" in done.stderr
    assert "plugin 'ruin' of audiogan-ruin 2.0 could not be loaded" in done.stderr
    assert "Traceback" not in done.stderr


def test_its_own_tests_pass(site: Path) -> None:
    done = run(
        site, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(EXAMPLE / "test_patch.py"), "--rootdir", str(site)
    )
    assert done.returncode == 0, done.stdout
