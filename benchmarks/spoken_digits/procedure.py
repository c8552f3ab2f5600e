"""Trains the classifier, makes the sounds and has them judged."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from audiogan.errors import DataError
from benchmarks.spoken_digits.claims import ARTIFACTS, NOISE, SPEECH
from benchmarks.spoken_digits.commands import (
    DOCUMENTED_CLASSIFIER,
    evaluation_command,
    run_audiogan,
    training_command,
)
from benchmarks.spoken_digits.results import FolderFigures, Training, read_figures, read_training
from benchmarks.spoken_digits.sounds import (
    copy_speech,
    recordings_of_test_split,
    write_noise,
    write_speech_with_artifacts,
)


def train_and_judge(
    recordings: Path, output: Path, *, classifier_options: tuple[str, ...] = DOCUMENTED_CLASSIFIER
) -> tuple[Training, Mapping[str, FolderFigures]]:
    """Trains on the Free Spoken Digit Dataset in ``recordings`` and evaluates its test split, spoiled, too, and noise.

    Everything made on the way stays in ``output``.

    :raises DataError: the dataset is incomplete, or ``output`` holds something already or cannot be written.
    :raises CommandFailedError: a command did not succeed.
    """
    speech = recordings_of_test_split(recordings)
    _make_empty(output)
    folders = {name: output / "sounds" / name.replace(" ", "-") for name in (SPEECH, ARTIFACTS, NOISE)}
    copy_speech(speech, folders[SPEECH])
    write_speech_with_artifacts(speech, folders[ARTIFACTS])
    write_noise(len(speech), folders[NOISE])
    classifier = output / "classifier"
    seconds = run_audiogan(training_command(recordings, classifier, options=classifier_options))
    training = read_training(classifier, seconds)
    return training, {
        name: _judged(folder, recordings, classifier, output / "evaluations" / folder.name)
        for name, folder in folders.items()
    }


def _judged(sounds: Path, recordings: Path, classifier: Path, folder: Path) -> FolderFigures:
    run_audiogan(evaluation_command(sounds, recordings, classifier, folder))
    return read_figures(folder)


def _make_empty(output: Path) -> None:
    try:
        output.mkdir(parents=True, exist_ok=True)
        occupied = any(output.iterdir())
    except OSError as error:
        raise DataError(f"{output}: cannot be written ({error.strerror}); name another folder") from error
    if occupied:
        raise DataError(f"{output}: holds files already; delete it, or name another folder")
