"""The sentence for each claim that does not hold, and none where all do."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from attrs import evolve

from benchmarks.spoken_digits.claims import ARTIFACTS, NOISE, SPEECH, shortfalls
from benchmarks.spoken_digits.results import Estimate, FolderFigures, Training

TRAINING = Training(seconds=240, accuracy=0.993, interval=(0.976, 0.998), windows=301)
Found = Mapping[str, FolderFigures]


def folder(score: Estimate, distance: Estimate, level: Estimate) -> FolderFigures:
    return FolderFigures(
        {"inception_score_mean": score, "frechet_distance": distance, "checkerboard_db_level_1": level}
    )


FOUND = {
    SPEECH: folder(Estimate(8.2, 7.8, 8.6), Estimate(0.03, 0.01, 0.05), Estimate(0.0, -0.5, 0.5)),
    ARTIFACTS: folder(Estimate(4.8, 4.5, 5.1), Estimate(0.2, 0.1, 0.3), Estimate(21.9, 21.3, 22.6)),
    NOISE: folder(Estimate(1.06, 1.06, 1.06), Estimate(19.4, 19, 20), Estimate(-0.2, -0.6, 0.2)),
}


def changed(name: str, figure: str, estimate: Estimate) -> Found:
    return {**FOUND, name: evolve(FOUND[name], figures={**FOUND[name].figures, figure: estimate})}


def test_nothing_is_said_where_all_holds() -> None:
    assert shortfalls(TRAINING, FOUND) == []
    assert shortfalls(evolve(TRAINING, accuracy=0.97, seconds=600), FOUND) == []


def test_a_poor_or_slow_classifier_is_told_of() -> None:
    assert shortfalls(evolve(TRAINING, accuracy=0.9668, seconds=600.6), FOUND) == [
        "The classifier is right on 96.7% of the test split, less than 97%.",
        "Training it took 601 s, more than 600 s.",
    ]


@pytest.mark.parametrize(
    ("found", "sentence"),
    [
        (
            changed(ARTIFACTS, "inception_score_mean", Estimate(7.5, 7.2, 7.9)),
            "inception_score_mean of test speech, 8.2 (7.8 to 8.6), does not lie above that of speech with artifacts, "
            "7.5 (7.2 to 7.9).",
        ),
        (
            changed(NOISE, "inception_score_mean", Estimate(4.5, 4.5, 4.5)),
            "inception_score_mean of speech with artifacts, 4.8 (4.5 to 5.1), does not lie above that of noise, 4.5.",
        ),
        (
            changed(SPEECH, "frechet_distance", Estimate(0.08, 0.06, 0.11)),
            "frechet_distance of speech with artifacts, 0.2 (0.1 to 0.3), does not lie above that of test speech, "
            "0.08 (0.06 to 0.11).",
        ),
        (
            changed(NOISE, "frechet_distance", Estimate(0.25, 0.2, 0.4)),
            "frechet_distance of noise, 0.25 (0.2 to 0.4), does not lie above that of speech with artifacts, "
            "0.2 (0.1 to 0.3).",
        ),
        (
            changed(SPEECH, "checkerboard_db_level_1", Estimate(11, 10.5, 11.4)),
            "checkerboard_db_level_1 of speech with artifacts, 21.9 (21.3 to 22.6), does not lie 10 above that of test "
            "speech, 11 (10.5 to 11.4).",
        ),
        (
            changed(NOISE, "checkerboard_db_level_1", Estimate(11.2, 11.1, 11.35)),
            "checkerboard_db_level_1 of speech with artifacts, 21.9 (21.3 to 22.6), does not lie 10 above that of "
            "noise, 11.2 (11.1 to 11.3).",
        ),
    ],
    ids=lambda value: value.split(",")[0] if isinstance(value, str) else "",
)
def test_what_lies_otherwise_is_said_with_both_figures(found: Found, sentence: str) -> None:
    assert shortfalls(TRAINING, found) == [sentence]


def test_a_missing_figure_is_no_claim_that_holds() -> None:
    without = {name: each for name, each in FOUND[SPEECH].figures.items() if name != "checkerboard_db_level_1"}
    found = {**FOUND, SPEECH: FolderFigures(without, {"checkerboard": "its windows are silent"})}
    assert shortfalls(TRAINING, found) == [
        "checkerboard_db_level_1 of test speech is missing (checkerboard: its windows are silent)."
    ]
