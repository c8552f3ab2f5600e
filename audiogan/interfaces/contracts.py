"""What components must give, held against what they gave, on the first batch of a training and in tests of plugins."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, final

import numpy as np
import torch
from torch import Tensor

from audiogan.interfaces.dataset import Window
from audiogan.interfaces.discriminator import DiscriminatorOutput


@final
class ContractError(Exception):
    """A component breaks its interface; the text says what was expected and what was seen."""


def check_tensor(value: Any, subject: str, *, shape: tuple[int, ...]) -> Tensor:
    """``value`` as a float32 tensor of that shape whose values are finite.

    :raises ContractError: it is not; ``subject`` opens the text.
    """
    tensor = _float_tensor(value, subject)
    if tuple(tensor.shape) != shape:
        raise ContractError(f"{subject} have shape {list(tensor.shape)}, not {list(shape)}")
    return tensor


def check_output(output: Any, *, count: int) -> DiscriminatorOutput:
    """What a discriminator gave for ``count`` samples, a single tensor as one head.

    :raises ContractError: scores or features are not as :class:`audiogan.DiscriminatorOutput` has them.
    """
    if isinstance(output, Tensor):
        output = DiscriminatorOutput((output,))
    if not isinstance(output, DiscriminatorOutput):
        raise ContractError(
            f"forward gives {_kind(output)}; it must give a tensor of scores, or an audiogan.DiscriminatorOutput"
        )
    if not isinstance(output.scores, tuple) or not output.scores:
        raise ContractError(f"scores are {_kind(output.scores)}; they must be a tuple of tensors, one a head")
    for head, scores in enumerate(output.scores):
        subject = "scores" if len(output.scores) == 1 else f"scores of head {head}"
        tensor = _float_tensor(scores, subject)
        if tensor.dim() not in (1, 2) or len(tensor) != count:
            raise ContractError(f"{subject} have shape {list(tensor.shape)}, not [{count}] or [{count}, positions]")
        if tensor.dim() == 2 and tensor.shape[1] == 1:
            raise ContractError(
                f"{subject} have shape {list(tensor.shape)}; one score a sample is [{count}]: squeeze it"
            )
    if output.features and len(output.features) != len(output.scores):
        raise ContractError(f"there are features of {len(output.features)} heads, and scores of {len(output.scores)}")
    for head, maps in enumerate(output.features):
        if not isinstance(maps, tuple) or not all(isinstance(each, Tensor) and len(each) == count for each in maps):
            raise ContractError(f"features of head {head} must be a tuple of tensors [{count}, …]")
    return output


def check_terms(terms: Any, subject: str) -> Mapping[str, Tensor]:
    """What a loss gave for one of the networks.

    :raises ContractError: it is no mapping of names to finite float32 scalars; ``subject`` names the method.
    """
    if not isinstance(terms, Mapping):
        raise ContractError(f"{subject} gives {_kind(terms)}; it must give a mapping of names to scalars")
    for name, term in terms.items():
        if not isinstance(name, str):
            raise ContractError(f"{subject} names a term {name!r}; a name must be a string")
        check_tensor(term, f"values of {subject}'s term '{name}'", shape=())
        if not term.requires_grad:
            raise ContractError(f"{subject}'s term '{name}' has no gradient: is something detached on the way to it?")
    return terms


def check_window(window: Window, index: int, *, shape: tuple[int, ...], classes: int) -> None:
    """The window at ``index`` of a dataset of so many classes.

    :raises ContractError: its waveform is not float32 of that shape within [-1, 1], or its label names no class.
    """
    waveform = window.waveform
    if tuple(waveform.shape) != shape:
        raise ContractError(f"window {index} has shape {list(waveform.shape)}, not {list(shape)}")
    if waveform.dtype != np.float32:
        raise ContractError(f"window {index} is {waveform.dtype}, not float32")
    if not np.isfinite(waveform).all():
        raise ContractError(f"window {index} holds values that are not finite")
    if np.abs(waveform).max(initial=0) > 1:
        raise ContractError(f"window {index} leaves [-1, 1]")
    if window.label is not None and not 0 <= window.label < classes:
        raise ContractError(f"window {index} has label {window.label}, but class_names has {classes}")


def _float_tensor(value: Any, subject: str) -> Tensor:
    if not isinstance(value, Tensor):
        raise ContractError(f"{subject} are {_kind(value)}; they must be a tensor")
    if value.dtype != torch.float32:
        raise ContractError(f"{subject} are {value.dtype}, not torch.float32")
    if not bool(torch.isfinite(value).all()):
        raise ContractError(f"{subject} are not all finite")
    return value


def _kind(value: Any) -> str:
    return "nothing (None)" if value is None else f"a {type(value).__name__}"
