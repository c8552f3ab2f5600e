"""The tutorial, done as it is written: its Python is run, its files are written, its commands are run, in order."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from audiogan.cli import main
from tests.docs.pages import REPOSITORY, blocks


def follow(tutorial: Path) -> None:
    names: dict[str, Any] = {"__name__": "tutorial"}
    for block in blocks(tutorial):
        if block.language == "python":
            exec(compile(block.text, str(block), "exec"), names)
        elif block.language == "toml":
            with Path("tones.toml").open("a", encoding="utf-8") as file:
                file.write(f"\n{block.text}")
        else:
            for command in block.commands():
                assert command[0] == "audiogan"
                assert main(command[1:]) == 0, command


def rows(folder: str) -> dict[str, Any]:
    table = json.loads((Path("runs") / folder / "table.json").read_text(encoding="utf-8"))
    return {row["name"]: row for row in table["rows"]}


def test_tutorial(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("AUDIOGAN_CACHE_DIR", str(tmp_path / "cache"))
    follow(REPOSITORY / "docs" / "tutorial.md")

    assert [(row["name"], row["status"], row["steps"]) for row in rows("tones").values()] == [
        ("cnn-lsgan", "finished", 30),
        ("lstm-wgan-gp", "finished", 30),
    ]
    assert {row["steps"] for row in rows("tones-longer").values()} == {40}
    assert rows("smaller-batch")["cnn-lsgan"]["status"] == "finished"
    assert rows("smaller-batch")["lstm-wgan-gp"]["steps"] is None
    assert sorted(path.name for path in Path("out").iterdir()) == [f"{number:04d}.wav" for number in range(4)]

    told = capsys.readouterr().out
    assert told.count("going on from step 20") == 2
    (scale,) = json.loads(Path("runs/tones/reference.json").read_text(encoding="utf-8"))["groups"]
    real, noise = (scale[side]["values"]["inception_score_mean"] for side in ("real", "noise"))
    assert real > 1.1 > noise
