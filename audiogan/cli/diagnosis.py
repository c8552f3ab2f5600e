"""What ``audiogan doctor`` finds: the machine's settings, and the implementation of the LSTM for each device."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from pathlib import Path
from typing import final

import torch
from attrs import frozen

from audiogan.cli.text_table import TextTable
from audiogan.lstm.dispatch import VARIABLE, ImplementationError, choose, load, reasons_against
from audiogan.lstm.interface import Implementation

_DTYPES = (torch.float32, torch.float64)
_HUGE_PAGES = Path("/sys/kernel/mm/transparent_hugepage/enabled")


@final
@frozen
class Selection:
    """The implementation of the LSTM for a device and a dtype, None if there is none, and why not a faster one.

    ``variant`` is the form of it that computes, such as a set of instructions, if it has several.
    """

    device: torch.device
    dtype: torch.dtype
    name: str | None
    remarks: tuple[str, ...]
    variant: str | None = None


def select_all() -> list[Selection]:
    """A selection for the CPU and every CUDA device, in every dtype that networks are trained in."""
    devices = [torch.device("cpu"), *(torch.device("cuda", index) for index in range(torch.cuda.device_count()))]
    return [_select(device, dtype) for device in devices for dtype in _DTYPES]


def lstm_table(selections: Sequence[Selection]) -> TextTable:
    """One row for each selection, its remarks in the rows below it."""
    rows: list[tuple[str, ...]] = []
    for selection in selections:
        first, *others = selection.remarks or ("the fastest there is",)
        dtype = str(selection.dtype).removeprefix("torch.")
        form = "" if selection.variant is None else f" ({selection.variant})"
        rows.append((str(selection.device), dtype, f"{selection.name or 'none'}{form}", first))
        rows += [("", "", "", remark) for remark in others]
    return TextTable("LSTM", ("device", "dtype", "implementation", "why not a faster one"), rows)


def machine_table() -> TextTable:
    """Versions, devices, threads, and whether memory comes in huge pages."""
    devices = [torch.cuda.get_device_name(index) for index in range(torch.cuda.device_count())]
    rows = [
        ("python", platform.python_version()),
        ("torch", torch.__version__),
        ("CUDA devices", ", ".join(devices) or "none"),
        ("threads", f"{torch.get_num_threads()} of {os.cpu_count()} processors"),
        ("instruction sets", torch.backends.cpu.get_cpu_capability()),
        ("huge pages", huge_pages(os.environ.get("THP_MEM_ALLOC_ENABLE"), _kernel_setting())),
    ]
    return TextTable("This machine", ("what", "found"), rows)


def huge_pages(variable: str | None, kernel_setting: str | None) -> str:
    """Whether torch allocates memory in huge pages, which makes fresh memory several times faster to fill.

    :param variable: what ``THP_MEM_ALLOC_ENABLE`` was set to before torch was loaded.
    :param kernel_setting: the choice in brackets in Linux's list of them; None where there is no such list.

    >>> huge_pages("1", "madvise")
    'on (THP_MEM_ALLOC_ENABLE=1, kernel: madvise)'
    >>> huge_pages(None, "madvise")
    'off; set THP_MEM_ALLOC_ENABLE=1 (kernel: madvise)'
    """
    if kernel_setting is None:
        return "not offered by this system"
    if kernel_setting == "never":
        return "off (kernel: never)"
    if kernel_setting == "always":
        return "on (kernel: always)"
    if variable == "1":
        return f"on (THP_MEM_ALLOC_ENABLE=1, kernel: {kernel_setting})"
    return f"off; set THP_MEM_ALLOC_ENABLE=1 (kernel: {kernel_setting})"


def _kernel_setting() -> str | None:
    try:
        choices = _HUGE_PAGES.read_text()
    except OSError:
        return None
    return choices.partition("[")[2].partition("]")[0]


def _select(device: torch.device, dtype: torch.dtype) -> Selection:
    forced = os.environ.get(VARIABLE)
    if forced:
        try:
            return _selected(device, dtype, choose(device, dtype), [f"{VARIABLE}={forced}"])
        except ImplementationError as error:
            return Selection(device, dtype, None, (str(error),))
    reasons = reasons_against(device, dtype)
    name = next(name for name, reason in reasons.items() if reason is None)
    faster = list(reasons)[: list(reasons).index(name)]
    return _selected(device, dtype, load(name), [f"{other}: {reasons[other]}" for other in faster])


def _selected(
    device: torch.device, dtype: torch.dtype, implementation: Implementation, remarks: list[str]
) -> Selection:
    drawback, most = implementation.drawback(), implementation.largest_hidden
    if drawback is not None:
        remarks = [*remarks, f"{implementation.name}: {drawback}"]
    if most is not None:
        remarks = [*remarks, f"beyond {most} hidden units: a slower one"]
    return Selection(device, dtype, implementation.name, tuple(remarks), implementation.variant())
