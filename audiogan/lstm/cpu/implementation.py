"""The LSTM in C++, for processors with vector instructions."""

from __future__ import annotations

from typing import ClassVar, final

import torch
from torch import Tensor

from audiogan.lstm.cpu.addresses import c_arguments, c_results, plain_arguments, plain_results
from audiogan.lstm.cpu.buffers import Pool, fresh
from audiogan.lstm.cpu.compilation import instruction_sets
from audiogan.lstm.cpu.layout import padded_units, saved_rows, shape_of, slice_rows
from audiogan.lstm.cpu.library import DTYPES, Library, survey
from audiogan.lstm.cpu.structures import CCall, CResults, CShape
from audiogan.lstm.interface import (
    Arguments,
    Direction,
    Gradients,
    Implementation,
    LayerWeights,
    Results,
    Saved,
    Wanted,
)

_POOL = Pool()


@final
class CPU(Implementation):
    """Fused layers, the batch split over as many threads as torch uses.

    The forward pass saves the gates and c, 5 H numbers a layer, sequence and step, with H rounded up to whole vectors.
    The first backward pass saves h̄, another H; the second computes c̄ and delta again from it. Sums over the batch are
    split among threads, so that weights' gradients agree to the last digit only between equal counts of them.

    :param instructions: the set of instructions to use, such as ``"x86-64-v3"``; the fastest usable one if None.
    """

    name: ClassVar[str] = "cpu"

    def __init__(self, instructions: str | None = None) -> None:
        self._instructions = instructions

    def why_not(self, device: torch.device, dtype: torch.dtype) -> str | None:
        """Devices other than the CPU, dtypes other than float32 and float64, and an installation without a library."""
        if device.type != "cpu":
            return "it computes on the CPU alone"
        if dtype not in DTYPES:
            return f"it computes in {' and '.join(DTYPES.values())} alone"
        usable = survey().usable
        if not usable:
            found = "; ".join(survey().unusable.values()) or "no library compiled from these sources found"
            return f"{found}; install audiogan again where there is a C++ compiler"
        if self._instructions is not None and self._instructions not in usable:
            return f"{self._instructions} is not among the usable sets of instructions: {', '.join(usable)}"
        return None

    def variant(self) -> str | None:
        """The set of instructions."""
        return self._library().instructions

    def drawback(self) -> str | None:
        """A better set of instructions that the processor has, and whose library cannot be used."""
        order = instruction_sets()
        used = order.index(self._library().instructions)
        better = [survey().unusable[name] for name in order[:used] if name in survey().unusable]
        return (
            f"{'; '.join(better)}; install audiogan again, with a newer C++ compiler"
            if better and self._instructions is None
            else None
        )

    def forward(self, arguments: Arguments, *, save: bool) -> tuple[Results, Saved]:
        """Saves the records of ``source/records.h``, ``[slices, layers, T, rows, units / lanes, 5, lanes]``."""
        library, dtype = self._library(), arguments.x.dtype
        arguments = plain_arguments(arguments)
        shape = shape_of(arguments, rows=slice_rows(arguments))
        saved = (_records(library, dtype, shape),) if save else ()
        results = _results(library, arguments)
        call = CCall(shape=shape, arguments=c_arguments(arguments), results=c_results(results))
        _run(library, "forward", dtype, call, saved)
        return results, saved

    def backward(
        self, cotangents: Results, arguments: Arguments, saved: Saved, *, wanted: Wanted, save: bool
    ) -> tuple[Gradients, Saved]:
        """Saves h̄ ``[slices, layers, T, rows, units]``, and c̄ of the last step, which is not copied."""
        library, dtype = self._library(), arguments.x.dtype
        shape = shape_of(arguments, rows=saved[0].shape[3])
        arguments, cotangents = plain_arguments(arguments), plain_results(cotangents)
        kept = (_h_cotangents(library, dtype, shape), cotangents.cn.detach()) if save else ()
        gradients = _gradients(library, arguments, wanted)
        call = CCall(
            shape=shape,
            arguments=c_arguments(arguments),
            cotangents=c_results(cotangents),
            gradients=c_arguments(gradients),
        )
        _run(library, "backward", dtype, call, saved, kept)
        return gradients, kept

    def second_backward(
        self, direction: Direction, arguments: Arguments, saved: Saved, saved_by_backward: Saved, *, wanted: Wanted
    ) -> tuple[Results | None, Gradients]:
        """Slice by slice a tangent scan and its adjoint, so that tangents of a few sequences only are kept."""
        library, dtype = self._library(), arguments.x.dtype
        arguments, moved = plain_arguments(arguments), plain_arguments(direction)
        h_bar, cn_bar = saved_by_backward
        gradients = _gradients(library, arguments, wanted)
        shape = shape_of(arguments, rows=saved[0].shape[3])
        tangents = _results(library, arguments) if wanted.cotangents else None
        call = CCall(
            shape=shape,
            arguments=c_arguments(arguments),
            cotangents=CResults(cn=cn_bar.data_ptr()),
            direction=c_arguments(moved),
            tangents=CResults() if tangents is None else c_results(tangents),
            gradients=c_arguments(gradients),
        )
        _run(library, "second_backward", dtype, call, saved, (h_bar,))
        return tangents, gradients

    def _library(self) -> Library:
        usable = survey().usable
        return usable[self._instructions or next(iter(usable))]


def _run(library: Library, name: str, dtype: torch.dtype, call: CCall, saved: Saved, kept: Saved = ()) -> None:
    """Runs a pass; its caller holds every tensor that ``call`` has the address of."""
    call.records = saved[0].data_ptr() if saved else None
    call.h_cotangents = kept[0].data_ptr() if kept else None
    scratch = _POOL.take(library, dtype, library.run(name, dtype, call))
    call.scratch = scratch.data_ptr()
    library.run(name, dtype, call)


def _records(library: Library, dtype: torch.dtype, shape: CShape) -> Tensor:
    lanes = library.lanes[dtype]
    blocks = padded_units(shape, lanes) // lanes
    return _POOL.take(library, dtype, *saved_rows(shape), blocks, 5, lanes)


def _h_cotangents(library: Library, dtype: torch.dtype, shape: CShape) -> Tensor:
    return _POOL.take(library, dtype, *saved_rows(shape), padded_units(shape, library.lanes[dtype]))


def _results(library: Library, arguments: Arguments) -> Results:
    return Results(
        fresh(library, arguments.x.dtype, *arguments.x.shape[:2], arguments.h0.shape[2]),
        torch.empty_like(arguments.h0),
        torch.empty_like(arguments.c0),
    )


def _gradients(library: Library, arguments: Arguments, wanted: Wanted) -> Gradients:
    return Gradients(
        fresh(library, arguments.x.dtype, *arguments.x.shape) if wanted.x else None,
        torch.empty_like(arguments.h0),
        torch.empty_like(arguments.c0),
        tuple(
            LayerWeights(
                torch.empty_like(layer.weight_ih),
                torch.empty_like(layer.weight_hh),
                None if layer.bias is None else torch.empty_like(layer.bias),
            )
            for layer in arguments.weights
        )
        if wanted.weights
        else None,
    )
