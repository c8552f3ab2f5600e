"""The structures that the compiled libraries are called with; ``source/call.h`` describes them."""

from __future__ import annotations

import ctypes
from ctypes import POINTER, c_int64, c_void_p
from typing import Any, ClassVar, final


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
    """Everything that a pass reads and writes. It holds addresses alone: the caller keeps the tensors."""

    _fields_: ClassVar[Any] = [
        ("shape", CShape),
        ("arguments", CArguments),
        ("results", CResults),
        ("cotangents", CResults),
        ("direction", CArguments),
        ("tangents", CResults),
        ("gradients", CArguments),
        ("records", c_void_p),
        ("h_cotangents", c_void_p),
        ("scratch", c_void_p),
    ]
