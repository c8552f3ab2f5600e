"""Which implementation is chosen, and what is said about it."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest
import torch

from audiogan.errors import AudioganError
from audiogan.lstm import cpu, dispatch
from audiogan.lstm.dispatch import ImplementationError, choose
from audiogan.lstm.triton import Triton

CPU = torch.device("cpu")
FALLBACK = {"triton": "needs an NVIDIA GPU", "cpu": "no compiled library found", "reference": None}


@pytest.fixture(autouse=True)
def _fresh(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.delenv(dispatch.VARIABLE, raising=False)
    forget()
    yield
    forget()


def forget() -> None:
    dispatch._fastest.cache_clear()
    dispatch._warn_once.cache_clear()


def test_the_fastest_that_runs_is_chosen() -> None:
    reasons = dispatch.reasons_against(CPU, torch.float32)
    assert list(reasons) == list(dispatch.NAMES)
    assert choose(CPU, torch.float32).name == next(name for name, reason in reasons.items() if reason is None)


def test_a_fallback_is_logged_once_with_every_reason(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(dispatch, "reasons_against", lambda device, dtype, hidden: FALLBACK)
    with caplog.at_level(logging.WARNING, logger="audiogan"):
        for _ in range(3):
            assert choose(CPU, torch.float32).name == "reference"
    assert [(record.levelname, record.getMessage()) for record in caplog.records] == [
        (
            "WARNING",
            "LSTM in torch.float32 on cpu uses the slow implementation 'reference' "
            "(triton: needs an NVIDIA GPU; cpu: no compiled library found)",
        )
    ]


def test_a_slower_form_is_logged_once_with_its_reason(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    reasons = {"triton": "needs an NVIDIA GPU", "cpu": None, "reference": None}
    monkeypatch.setattr(dispatch, "reasons_against", lambda device, dtype, hidden: reasons)
    monkeypatch.setattr(cpu.CPU, "drawback", lambda self: "v4.so is incomplete: 5 of 9 bytes")
    with caplog.at_level(logging.WARNING, logger="audiogan"):
        for hidden in (3, 4):
            assert choose(CPU, torch.float32, hidden=hidden).name == "cpu"
    assert [record.getMessage() for record in caplog.records] == [
        "LSTM in torch.float32 on cpu uses a slower form of the implementation 'cpu' "
        "(v4.so is incomplete: 5 of 9 bytes)"
    ]


def test_a_size_that_the_fastest_does_not_compute_is_logged(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(Triton, "why_not", lambda self, device, dtype: None)
    gpu = torch.device("cuda", 0)
    with caplog.at_level(logging.WARNING, logger="audiogan"):
        assert choose(gpu, torch.float32, hidden=128).name == "triton"
        assert not caplog.records
        assert choose(gpu, torch.float32, hidden=129).name == "reference"
    assert "triton: computes up to 128 hidden units" in caplog.text
    monkeypatch.setenv(dispatch.VARIABLE, "triton")
    with pytest.raises(ImplementationError, match=r"AUDIOGAN_LSTM=triton: .* up to 128 hidden units; usable: ref"):
        choose(gpu, torch.float32, hidden=129)


def test_shapes_alone_are_no_slow_computation(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, logger="audiogan"):
        assert choose(torch.device("meta"), torch.float32).name == "reference"
    assert not caplog.records


def test_what_is_chosen_by_name_is_not_logged(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, logger="audiogan"):
        assert choose(CPU, torch.float64, "reference").name == "reference"
    assert not caplog.records


def test_the_variable_chooses_but_the_argument_goes_before_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(dispatch.VARIABLE, "reference")
    assert choose(CPU, torch.float32).name == "reference"
    monkeypatch.setenv(dispatch.VARIABLE, "nothing")
    assert choose(CPU, torch.float32, "reference").name == "reference"
    with pytest.raises(AudioganError, match="AUDIOGAN_LSTM=nothing: the LSTM has no such implementation; known: cpu, "):
        choose(CPU, torch.float32)
    monkeypatch.setenv(dispatch.VARIABLE, "")
    choose(CPU, torch.float32)


def test_an_implementation_that_does_not_run_here_is_refused_with_its_reason() -> None:
    with pytest.raises(ImplementationError) as raised:
        choose(CPU, torch.int64, "reference")
    assert str(raised.value) == (
        "implementation 'reference': cannot be used for torch.int64 on cpu: torch.int64 is no floating-point dtype; "
        "usable: none"
    )
    with pytest.raises(ImplementationError, match=r"cannot be computed for torch\.int64 on cpu"):
        choose(CPU, torch.int64)


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
def test_half_precision_falls_back_on_an_implementation_that_has_it(dtype: torch.dtype) -> None:
    assert choose(CPU, dtype).why_not(CPU, dtype) is None
