"""What is made before anything is trained, and what is refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from audiogan.errors import DataError
from benchmarks.spoken_digits import procedure
from benchmarks.spoken_digits.commands import CommandFailedError
from benchmarks.spoken_digits.procedure import train_and_judge


@pytest.fixture(scope="module")
def recordings(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("recordings")
    rng = np.random.default_rng(0)
    for digit in range(10):
        for speaker in "abcdef":
            for take in range(5):
                path = folder / f"{digit}_{speaker}_{take}.wav"
                soundfile.write(path, 0.1 * rng.standard_normal(200), 8000, subtype="PCM_16")
    return folder


def test_the_sounds_are_there_before_the_classifier_is_trained(
    recordings: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    commands: list[tuple[str, ...]] = []

    def refuse(command: tuple[str, ...]) -> float:
        commands.append(command)
        raise CommandFailedError("no training here")

    monkeypatch.setattr(procedure, "run_audiogan", refuse)
    output = tmp_path / "out"
    with pytest.raises(CommandFailedError):
        train_and_judge(recordings, output, classifier_options=("dim=2",))
    assert [command[0] for command in commands] == ["train-classifier"]
    assert commands[0][-4:] == ("--classifier", "dim=2", "--output", str(output / "classifier"))
    sounds = {folder.name: sorted(folder.iterdir()) for folder in (output / "sounds").iterdir()}
    assert {name: len(paths) for name, paths in sounds.items()} == {
        "test-speech": 300,
        "speech-with-artifacts": 300,
        "noise": 300,
    }
    speech, spoiled = (
        soundfile.read(sounds[name][17], dtype="float64")[0] for name in ("test-speech", "speech-with-artifacts")
    )
    np.testing.assert_allclose(spoiled[::4], 2 * speech[::4] + 0.02, atol=2**-15)
    np.testing.assert_array_equal(spoiled[1::4], speech[1::4])


def test_what_lies_in_the_output_folder_is_left_alone(recordings: Path, tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").write_text("years of work")
    with pytest.raises(DataError, match="holds files already; delete it, or name another folder"):
        train_and_judge(recordings, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.tex"]


def test_a_file_in_the_place_of_the_output_folder_is_named(recordings: Path, tmp_path: Path) -> None:
    (tmp_path / "out").write_text("")
    with pytest.raises(DataError, match=r"out: cannot be written \(File exists\); name another folder"):
        train_and_judge(recordings, tmp_path / "out")
