"""What the implementation for GPUs says where it is of no use."""

from __future__ import annotations

import sys
from importlib import util

import pytest
import torch

from audiogan.lstm import triton as package
from audiogan.lstm.triton import IMPLEMENTATION


@pytest.fixture(autouse=True)
def _ask_again() -> None:
    package._why_not_on.cache_clear()


@pytest.fixture
def gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.version, "hip", None)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "get_device_capability", lambda index: (9, 0))


def why_not(device: str, dtype: torch.dtype = torch.float32) -> str | None:
    return IMPLEMENTATION.why_not(torch.device(device), dtype)


def test_a_cpu_is_no_gpu() -> None:
    assert why_not("cpu") == "made for NVIDIA GPUs, and this is device type 'cpu'"


def test_half_precision_is_refused_by_name() -> None:
    assert why_not("cuda", torch.bfloat16) == "computes in float32 and float64, not in torch.bfloat16"


def test_no_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.version, "hip", None)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert why_not("cuda") == "torch finds no NVIDIA GPU"


def test_a_torch_for_other_gpus(gpu: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.version, "hip", "6.4")
    assert why_not("cuda") == "made for NVIDIA GPUs, and this torch is built for AMD's"


def test_a_gpu_that_is_too_old(gpu: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "get_device_capability", lambda index: (7, 5))
    assert why_not("cuda:1") == "needs an NVIDIA GPU of compute capability 8.0 or newer"


def test_no_triton(gpu: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(package, "find_spec", lambda name: None)
    assert why_not("cuda") == "the package 'triton' is not installed"


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_a_gpu_with_triton_is_fine(gpu: None, dtype: torch.dtype) -> None:
    assert util.find_spec("triton") is not None, "the extra [test] brings triton on Linux"
    assert why_not("cuda", dtype) is None


def test_importing_the_package_imports_no_triton(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "triton", None)
    spec = util.spec_from_file_location("fresh_copy", package.__file__)
    assert spec is not None
    assert spec.loader is not None
    fresh = util.module_from_spec(spec)
    spec.loader.exec_module(fresh)
    assert fresh.IMPLEMENTATION.name == "triton"
