"""Tensors as kernels can read them, and as autograd lets everybody write to them."""

from __future__ import annotations

import torch
from torch import Tensor


def in_memory(tensor: Tensor) -> Tensor:
    """The tensor, or one of the same numbers if it is sparse, or negative or zero by a flag alone.

    Torch's derivatives of complex numbers make such zeros and negatives. A zero of that kind has no memory at all.
    """
    if tensor._is_zerotensor():
        return torch.zeros(tensor.shape, dtype=tensor.dtype, device=tensor.device)
    dense = tensor if tensor.layout == torch.strided else tensor.to_dense()
    return dense.resolve_neg()


def without_base(tensor: Tensor) -> Tensor:
    """The tensor, or one in the same memory that is no view: autograd forbids writing to views that a node returns."""
    if not tensor._is_view():
        return tensor
    empty = torch.empty(0, dtype=tensor.dtype, device=tensor.device)
    return empty.set_(tensor.untyped_storage(), tensor.storage_offset(), tensor.shape, tensor.stride())
