"""One call of ``run_file``, as the command line makes it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from audiogan.registry import Entry, Plugin, Registry, installed
from audiogan.run.file import RunOutcome, run_file
from audiogan.run.folder import RunFolder
from audiogan.spec import read_experiments
from audiogan.training.stop import StopSignal
from tests.training.witness import Witness


def sit(
    file: Path,
    folder: Path,
    *,
    witness: Witness | None = None,
    stop: StopSignal | None = None,
    only: Sequence[str] = (),
    overrides: Sequence[str] = (),
    profile: str | None = None,
    registry: Registry | None = None,
    allow_changed_code: bool = False,
) -> RunOutcome:
    """Runs ``file`` into ``folder``."""
    registry = registry or installed()
    return run_file(
        read_experiments(file, registry=registry, profile=profile, overrides=overrides),
        RunFolder(folder),
        registry=registry,
        observer=witness or Witness(),
        stop=stop or StopSignal(),
        only=only,
        allow_changed_code=allow_changed_code,
    )


def registry_with(kind: str, name: str, component_class: type[Any]) -> Registry:
    """What is installed, and one component more."""
    return installed().replacing([Entry(kind, name, component_class, Plugin("tests", "tests", "0"))])


def json_lines(path: Path) -> list[dict[str, Any]]:
    """The records of a ``metrics.jsonl``."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


LASTING = ("metrics.jsonl", "result.json", "experiment.json")


def assert_same_run(one: Path, other: Path, experiments: Sequence[str] = ("lsgan", "lstm-wgan-gp")) -> None:
    """Tables, logs, results and previews of two run folders are the same bytes."""
    for name in ("table.json", "table.md", "table.csv", "table.tex", "reference.json", "run.json"):
        assert (one / name).read_bytes() == (other / name).read_bytes(), name
    for experiment in experiments:
        for name in LASTING:
            assert (one / experiment / name).read_bytes() == (other / experiment / name).read_bytes(), name
        previews = sorted(path.relative_to(one) for path in (one / experiment).glob("samples/*/*.wav"))
        assert previews == sorted(path.relative_to(other) for path in (other / experiment).glob("samples/*/*.wav"))
        for preview in previews:
            assert (one / preview).read_bytes() == (other / preview).read_bytes(), preview
