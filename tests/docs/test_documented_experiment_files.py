"""Experiment files that the pages show are read, with every profile in them."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from audiogan import SpecError
from audiogan.registry import installed
from audiogan.spec import read_experiments
from tests.docs.pages import REPOSITORY, Block, blocks, experiment_files

MISTAKEN = 'loss = { type = "wgan-gp", weight = "10" }'
SHOWN = [(block, text) for block, text in experiment_files() if MISTAKEN not in text]


@pytest.mark.parametrize(("block", "text"), SHOWN, ids=[str(block) for block, _ in SHOWN])
def test_file_is_read(block: Block, text: str, tmp_path: Path) -> None:
    path = tmp_path / "shown.toml"
    path.write_text(text, encoding="utf-8")
    count = len(tomllib.loads(text)["experiment"])
    for profile in (None, *tomllib.loads(text).get("profile", {})):
        file = read_experiments(path, registry=installed(), profile=profile)
        assert len(file.experiments) == count


def test_mistakes_are_told_as_the_page_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shown = blocks(REPOSITORY / "docs" / "experiment-file.md")
    at = next(number for number, block in enumerate(shown) if MISTAKEN in block.text)
    monkeypatch.chdir(tmp_path)
    path = Path("mistaken.toml")
    path.write_text(shown[at].text, encoding="utf-8")
    with pytest.raises(SpecError) as told:
        read_experiments(path, registry=installed())
    assert f"audiogan: {told.value}\n" == shown[at + 1].text


def test_what_wins_is_the_order_that_the_page_gives(tmp_path: Path) -> None:
    path = tmp_path / "order.toml"
    path.write_text(
        """
        [generator]
        type = "wavegan"
        [training]
        steps = 1
        [[experiment]]
        name = "a"
        discriminator = { type = "wavegan" }
        loss = "wgan"
        training.steps = 2
        [profile.p]
        training = { steps = 3 }
        [profile.p.experiment]
        a.training = { steps = 4 }
        """,
        encoding="utf-8",
    )
    shared, single = "training.steps=5", "experiment.a.training.steps=6"

    def steps(profile: str | None, *overrides: str) -> int | None:
        file = read_experiments(path, registry=installed(), profile=profile, overrides=overrides)
        return file.experiments[0].training.steps

    assert [steps(None), steps("p"), steps("p", shared), steps("p", single, shared)] == [2, 4, 5, 6]
