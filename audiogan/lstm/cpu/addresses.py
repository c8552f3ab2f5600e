"""Tensors as the compiled library sees them: addresses and strides."""

from __future__ import annotations

from typing import TypeVar

from attrs import evolve
from torch import Tensor

from audiogan.lstm.cpu.structures import CArguments, CResults, CSequence, CWeights
from audiogan.lstm.interface import Arguments, Direction, Gradients, LayerWeights, Results

_A = TypeVar("_A", Arguments, Direction)


def plain_arguments(arguments: _A) -> _A:
    """The same with contiguous states and weights; the sequence may have any strides."""
    weights = arguments.weights
    return evolve(
        arguments,
        h0=arguments.h0.contiguous(),
        c0=arguments.c0.contiguous(),
        weights=None if weights is None else tuple(_contiguous_weights(layer) for layer in weights),
    )


def plain_results(results: Results) -> Results:
    """The same with contiguous states; the sequence may have any strides."""
    return Results(results.output, results.hn.contiguous(), results.cn.contiguous())


def c_arguments(tensors: Arguments | Direction | Gradients) -> CArguments:
    """Addresses of tensors that the caller must hold as long as they are used; null for what is None."""
    weights = tensors.weights
    return CArguments(
        x=_c_sequence(tensors.x),
        h0=tensors.h0.data_ptr(),
        c0=tensors.c0.data_ptr(),
        weights=None if weights is None else (CWeights * len(weights))(*map(_c_weights, weights)),
    )


def c_results(results: Results) -> CResults:
    """Addresses of tensors that the caller must hold as long as they are used."""
    return CResults(_c_sequence(results.output), results.hn.data_ptr(), results.cn.data_ptr())


def _contiguous_weights(layer: LayerWeights) -> LayerWeights:
    return LayerWeights(
        layer.weight_ih.contiguous(),
        layer.weight_hh.contiguous(),
        None if layer.bias is None else layer.bias.contiguous(),
    )


def _c_sequence(sequence: Tensor | None) -> CSequence:
    return CSequence(None, 0, 0, 0) if sequence is None else CSequence(sequence.data_ptr(), *sequence.stride())


def _c_weights(layer: LayerWeights) -> CWeights:
    bias = None if layer.bias is None else layer.bias.data_ptr()
    return CWeights(layer.weight_ih.data_ptr(), layer.weight_hh.data_ptr(), bias)
