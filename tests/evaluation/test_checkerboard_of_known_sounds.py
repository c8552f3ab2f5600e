"""The tables of docs/checkerboard.md are made anew, and show what the page says of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pytest
from torch import Tensor

from audiogan.evaluation.checkerboard import figures_above, intervals_above
from tests.docs.pages import REPOSITORY
from tests.evaluation.spoiled_recordings import (
    figures_above_reference,
    in_a_part,
    judged_windows,
    of_untrained_generators,
    reference_levels,
    with_images,
    with_tones,
    without_artifacts,
)

Sounds = Callable[[], Iterator[tuple[str, Tensor]]]
LINES, MODULATION = slice(0, 6), slice(6, 12)
"""The mean of the levels, then the levels."""


def documented(heading: str) -> list[list[str]]:
    """The cells of the first table after ``heading``."""
    page = (REPOSITORY / "docs" / "checkerboard.md").read_text(encoding="utf-8")
    _, _, behind = page.partition(f"\n{heading}")
    assert behind, heading
    table = behind[behind.index("\n| sound |") + 1 :].split("\n\n")[0]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines()[2:]]


def shown(heading: str) -> dict[str, list[float]]:
    return {name: [float(cell) for cell in cells] for name, *cells in documented(heading)}


@pytest.mark.parametrize(
    ("heading", "sounds"),
    [
        ("What is no artifact", without_artifacts),
        ("Tones at the frequencies", with_tones),
        ("In a part", in_a_part),
        ("Images.", with_images),
        ("Generators before", of_untrained_generators),
    ],
)
def test_the_table_is_what_the_metric_finds(heading: str, sounds: Sounds) -> None:
    found = {name: figures_above_reference(waveforms) for name, waveforms in sounds()}
    table = shown(heading)
    assert list(table) == list(found)
    for name, figures in found.items():
        assert table[name] == pytest.approx(figures, abs=0.2), name


def test_the_page_counts_the_windows() -> None:
    page = (REPOSITORY / "docs" / "checkerboard.md").read_text(encoding="utf-8")
    assert f"{len(judged_windows())} windows of two held-out" in page
    assert f"{len(reference_levels())} windows of four" in " ".join(page.split())


def test_what_is_no_artifact_gives_nothing() -> None:
    for figures in shown("What is no artifact").values():
        assert abs(figures[LINES][0]) <= 0.3
        assert abs(figures[MODULATION][0]) <= 0.3
        assert max(map(abs, figures)) <= 1.7


def test_artifacts_in_a_part_of_the_window_are_found_wherever_they_are() -> None:
    rows = shown("In a part")
    none, throughout = (rows[name][1] for name in ("white noise of -20 dBFS", "throughout"))
    for quarter in ("first", "second", "third", "last"):
        found = rows[f"in the {quarter} quarter"][1]
        assert 0.18 <= (found - none) / (throughout - none) <= 0.27
    for length in ("4,096", "2,048"):
        short = rows[f"the same with the offset in these {length} samples"][1]
        assert short - rows[f"{length} samples of noise, then zeros"][1] > 4


def test_louder_tones_give_more() -> None:
    rows = shown("Tones at the frequencies")
    unchanged = shown("What is no artifact")["held-out recordings"][LINES]
    tones = [figures for name, figures in rows.items() if "1000 Hz" in name]
    for column in (0, 2):
        rising = [figures[column] for figures in tones]
        assert rising == sorted(set(rising))
    for period, levels in ((4, 1), (16, 2), (256, 4), (1024, 5)):
        figures = rows[f"0.01 added to every {period}th sample"][LINES]
        assert min(figures[1 : levels + 1]) > 10
        assert figures[levels + 1 :] == pytest.approx(unchanged[levels + 1 :], abs=0.2)


def test_stronger_images_and_worse_kernels_give_more() -> None:
    rows = shown("Images.")
    rising = [rows[f"every 4th sample {percent} % louder"][MODULATION][1] for percent in ("0.1", "1", "10")]
    assert rising == sorted(rising)
    assert rising[0] > 5
    good, *poor = (figures[MODULATION][1] for name, figures in rows.items() if "interpolated" in name)
    assert good < 4
    assert min(poor) > 20


def test_nearest_upsampling_has_fewer_artifacts_than_transposed_convolutions() -> None:
    transposed, _, nearest, filtered = shown("Generators before").values()
    assert min(transposed) >= 1.5
    for figures in (nearest, filtered):
        assert all(less <= more - 1.5 for less, more in zip(figures, transposed, strict=True))
        assert max(map(abs, figures[3:6])) < 1


def test_a_notch_in_one_level_hides_nothing_of_the_others() -> None:
    levels = np.array([[-20.0, 6.8, 0.2, -0.5], [-20.0, 6.8, 0.2, -0.5]])
    assert figures_above(levels, np.zeros((3, 4))) == pytest.approx([3.4, -20, 6.8, 0.1, 0.2, -0.5])
    for (lower, upper), figure in zip(
        intervals_above(levels, np.zeros((3, 4)), resamples=20, seed=0), [3.4, -20, 6.8, 0.1, 0.2, -0.5], strict=True
    ):
        assert lower <= figure <= upper
