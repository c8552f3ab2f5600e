"""A run whose plugins change while it is under way."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from audiogan.cli import main
from audiogan.errors import CheckpointError
from audiogan.registry import Entry, Plugin, installed
from audiogan.run.folder import ExperimentFolder
from audiogan.run.identity import check_identity
from audiogan.spec import ExperimentSpec, read_experiments
from tests.registry.test_local_plugins import BY_HAND
from tests.run.tone_shards import EXPERIMENTS, write_experiments

Capture = pytest.CaptureFixture[str]


def _code(folder: Path) -> tuple[str, ...]:
    record = json.loads((folder / "lsgan" / "experiment.json").read_text())
    (critic,) = (plugin for plugin in record["plugins"] if plugin["name"] == "critic.py")
    return (critic["file"], critic["sha256"], *(each["sha256"] for old in record["earlier_plugins"] for each in old))


def test_a_critic_of_ones_own_from_training_to_generation(tmp_path: Path, shard: Path, capsys: Capture) -> None:
    critic = tmp_path / "critic.py"
    critic.write_text(BY_HAND)
    text = EXPERIMENTS.replace("[dataset]", 'plugins = ["critic.py"]\n[dataset]', 1)
    file, folder = write_experiments(tmp_path, shard, text=text), tmp_path / "run"
    run = ["run", str(file), "--only", "lsgan", "--set", "discriminator=my-critic", "--output", str(folder), "--quiet"]
    assert main(run) == 0
    assert "(discriminator = my-critic)" in (folder / "table.md").read_text()
    path, first, *earlier = _code(folder)
    assert (path, earlier) == (str(critic), [])

    critic.write_text(BY_HAND + "# changed\n")
    capsys.readouterr()
    made = ["generate", str(folder / "lsgan"), str(tmp_path / "made"), "-n", "1"]
    assert main(made) == 2
    assert "critic.py has changed" in capsys.readouterr().err
    assert main([*made, "--plugin", str(critic)]) == 0
    assert main(run) == 2
    assert "plugin 'critic.py' has changed" in capsys.readouterr().err
    assert _code(folder)[1] == first
    assert main([*run, "--allow-changed-code"]) == 0
    assert first in _code(folder)[2:]
    assert main(run) == 0

    critic.rename(tmp_path / "moved.py")
    assert main(made) == 2
    assert "is not there" in capsys.readouterr().err


def _checked(tmp_path: Path, plugin: Plugin, spec: ExperimentSpec, **arguments: bool) -> tuple[str, ...]:
    folder = ExperimentFolder(tmp_path / spec.name)
    lstm = installed().find("loss", "lsgan").component_class
    registry = installed().replacing([Entry("loss", "lsgan", lstm, plugin)])
    return check_identity(folder, spec, registry, **arguments)


@pytest.mark.parametrize("is_editable", [False, True])
def test_installed_code_that_changes(tones: Path, tmp_path: Path, is_editable: bool) -> None:
    spec = read_experiments(tones).experiments[0]
    package = tmp_path / "losses"
    package.mkdir()
    (package / "a.py").write_text("x = 1\n")
    old = Plugin("losses", "losses", "1.0", package, is_editable)
    assert _checked(tmp_path, old, spec) == ()
    latest = ExperimentFolder(tmp_path / spec.name).latest
    latest.parent.mkdir(parents=True)
    latest.touch()
    new = Plugin("losses", "losses", "1.1", package, is_editable)
    if not is_editable:
        with pytest.raises(CheckpointError, match=r"from losses 1\.0 to losses 1\.1[\s\S]*--allow-changed-code"):
            _checked(tmp_path, new, spec)
    (change,) = _checked(tmp_path, new, spec, allow_changed_code=not is_editable)
    assert "'losses'" in change
    assert _checked(tmp_path, new, spec) == ()
