"""The markers that the pages are filled in by."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterator

import pytest
from mkdocs.exceptions import PluginError

from tests.docs.pages import REPOSITORY

Expand = Callable[[str], str]


@pytest.fixture
def expand(monkeypatch: pytest.MonkeyPatch) -> Iterator[Expand]:
    monkeypatch.syspath_prepend(REPOSITORY / "docs" / "hooks")
    before = set(sys.modules)
    yield importlib.import_module("markers").on_page_markdown
    for name in set(sys.modules) - before:
        del sys.modules[name]


def test_a_section_becomes_its_table(expand: Expand) -> None:
    lines = expand("Before.\n\n<!-- section: training -->\n\nAfter.").splitlines()
    assert (lines[0], lines[-1]) == ("Before.", "After.")
    assert lines[2] == "| option | type | default | unit | description |"
    assert "| `batch_size` | `int` | `64` | windows | windows a batch |" in lines


def test_layers_follow_the_options_of_a_network(expand: Expand) -> None:
    text = expand("<!-- components: discriminator -->")
    assert "### lstm-conv {: #discriminator-lstm-conv }" in text
    assert "| conv 1-D, stride 4, ReLU | `(25, 512, 1024)` | `(n, 16, 1024)` |" in text


def test_losses_say_their_optimiser(expand: Expand) -> None:
    assert 'Recommended optimiser: type = "TensorFlowRMSprop", lr = 5e-05.' in expand("<!-- components: loss -->")


def test_an_interface_tells_duties_from_choices(expand: Expand) -> None:
    text = expand("<!-- interface: Dataset -->")
    assert "- must have `__len__() -> int`" in text
    assert "- may override `held_out() -> Dataset | None`" in text
    assert "- attribute `sample_rate: int`: Samples a second." in text


def test_an_unknown_marker_stops_the_build(expand: Expand) -> None:
    with pytest.raises(PluginError, match="unknown marker '<!-- lossses: all -->'; known: checks, components"):
        expand("<!-- lossses: all -->")
