"""The compiled libraries, and the structures that they are called with; ``source/call.h`` describes these."""

from __future__ import annotations

import ctypes
from ctypes import POINTER, c_int64, c_void_p
from functools import cache
from typing import Any, ClassVar, final

import torch
from attrs import frozen

from audiogan.kernels.lstm.cpu.compilation import PROCESSOR, instruction_sets, library_path


@final
class CShape(ctypes.Structure):
    """Sizes of a call, and how the batch is cut into slices."""

    _fields_: ClassVar[Any] = [
        (name, c_int64) for name in ("steps", "batch", "inputs", "hidden", "layers", "slice_rows", "workers")
    ]


@final
class CSequence(ctypes.Structure):
    """``[steps, batch, features]`` with strides in elements."""

    _fields_: ClassVar[Any] = [
        ("data", c_void_p),
        ("step_stride", c_int64),
        ("row_stride", c_int64),
        ("feature_stride", c_int64),
    ]


@final
class CWeights(ctypes.Structure):
    """One layer's weights, or their gradients or cotangents."""

    _fields_: ClassVar[Any] = [("weight_ih", c_void_p), ("weight_hh", c_void_p), ("bias", c_void_p)]


@final
class CArguments(ctypes.Structure):
    """Arguments, or their gradients, or a direction."""

    _fields_: ClassVar[Any] = [("x", CSequence), ("h0", c_void_p), ("c0", c_void_p), ("weights", POINTER(CWeights))]


@final
class CResults(ctypes.Structure):
    """Results, or their cotangents, or their tangents."""

    _fields_: ClassVar[Any] = [("output", CSequence), ("hn", c_void_p), ("cn", c_void_p)]


@final
class CCall(ctypes.Structure):
    """Everything that a pass reads and writes. It holds addresses alone: whoever fills it keeps the tensors."""

    _fields_: ClassVar[Any] = [
        ("shape", CShape),
        ("arguments", CArguments),
        ("results", CResults),
        ("cotangents", CResults),
        ("direction", CArguments),
        ("tangents", CResults),
        ("gradients", CArguments),
        ("records", c_void_p),
        ("scratch", c_void_p),
    ]


DTYPES = {torch.float32: "float32", torch.float64: "float64"}
"""What the libraries compute in."""


@final
@frozen(eq=False)
class Library:
    """The library compiled for one set of instructions."""

    instructions: str
    handle: ctypes.CDLL

    def lanes(self, dtype: torch.dtype) -> int:
        """Numbers in one vector."""
        return int(self.handle[f"audiogan_lstm_lanes_{DTYPES[dtype]}"]())

    def run(self, name: str, dtype: torch.dtype, call: CCall) -> int:
        """Runs the pass ``name``, or without scratch memory only returns how many elements of it the pass needs."""
        function = self.handle[f"audiogan_lstm_{name}_{DTYPES[dtype]}"]
        function.restype = c_int64
        elements = int(function(ctypes.byref(call)))
        if elements < 0:
            raise MemoryError("no memory left for the LSTM's bookkeeping")
        return elements

    def advise_huge_pages(self, address: int, size: int) -> None:
        """Asks the system for large pages at ``address``; it may decline."""
        self.handle["audiogan_lstm_advise_huge_pages"](c_void_p(address), c_int64(size))


@cache
def open_library(instructions: str) -> Library:
    """The library for a set of instructions, which :func:`usable_instructions` has named."""
    return Library(instructions, ctypes.CDLL(str(library_path(instructions))))


@cache
def usable_instructions() -> tuple[str, ...]:
    """The sets of instructions that were compiled for and that the processor has, the fastest first."""
    processor = library_path(PROCESSOR)
    if not processor.is_file():
        return ()
    has = ctypes.CDLL(str(processor))["audiogan_lstm_processor_has"]
    return tuple(name for name in instruction_sets() if library_path(name).is_file() and has(name.encode()))
