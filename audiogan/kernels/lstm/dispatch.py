"""Which implementation of the LSTM computes a call."""

from __future__ import annotations

import logging
import os
from functools import cache
from importlib import import_module
from importlib.util import find_spec

import torch

from audiogan.errors import AudioganError, suggest
from audiogan.kernels.lstm.interface import Implementation

NAMES = ("triton", "cpu", "reference")
"""Every implementation, the fastest first; ``reference`` runs everywhere."""

VARIABLE = "AUDIOGAN_LSTM"
"""The environment variable that names the implementation to use, whatever the call."""

_log = logging.getLogger("audiogan")


class ImplementationError(AudioganError):
    """An implementation that was asked for by name, and that does not exist or does not run here."""


def choose(device: torch.device, dtype: torch.dtype, name: str | None = None) -> Implementation:
    """The implementation called ``name``, else the one that ``AUDIOGAN_LSTM`` names, else the fastest that runs.

    Where that is ``reference``, the log says so once for each kind of device and dtype, with the reasons.

    :raises ImplementationError: a name, or the variable, asks for one that is unknown or does not run.
    """
    if name is not None:
        return _named(name, device, dtype, asked_by=f"implementation '{name}'")
    forced = os.environ.get(VARIABLE)
    if forced:
        return _named(forced, device, dtype, asked_by=f"{VARIABLE}={forced}")
    return _fastest(device, dtype)


def reasons_against(device: torch.device, dtype: torch.dtype) -> dict[str, str | None]:
    """For every name, fastest first: why that implementation does not run on ``device`` in ``dtype``, or None."""
    return {name: _reason(name, device, dtype) for name in NAMES}


def check_name(name: str, *, asked_by: str) -> None:
    """Makes sure that an implementation is called ``name``.

    :raises ImplementationError: none is; the text begins with ``asked_by`` and lists those that are.
    """
    if name not in NAMES:
        raise ImplementationError(
            f"{asked_by}: the LSTM has no such implementation{suggest(name, NAMES, label='known')}"
        )


def load(name: str) -> Implementation:
    """The implementation called ``name``, whether or not it runs here."""
    implementation: Implementation = import_module(f"{__package__}.{name}").IMPLEMENTATION
    return implementation


def _named(name: str, device: torch.device, dtype: torch.dtype, *, asked_by: str) -> Implementation:
    check_name(name, asked_by=asked_by)
    reason = _reason(name, device, dtype)
    if reason is not None:
        usable = [other for other in NAMES if _reason(other, device, dtype) is None]
        raise ImplementationError(
            f"{asked_by}: cannot be used for {dtype} on {device}: {reason}; usable: {', '.join(usable) or 'none'}"
        )
    return load(name)


@cache
def _fastest(device: torch.device, dtype: torch.dtype) -> Implementation:
    reasons = reasons_against(device, dtype)
    usable = [name for name in NAMES if reasons[name] is None]
    if not usable:
        raise ImplementationError(f"the LSTM cannot be computed for {dtype} on {device}: {reasons['reference']}")
    if usable[0] == "reference":
        _tell_once(device.type, dtype, "; ".join(f"{name}: {reason}" for name, reason in reasons.items() if reason))
    return load(usable[0])


@cache
def _tell_once(device_type: str, dtype: torch.dtype, why: str) -> None:
    _log.warning("LSTM in %s on %s uses the slow implementation 'reference' (%s)", dtype, device_type, why)


def _reason(name: str, device: torch.device, dtype: torch.dtype) -> str | None:
    spec = find_spec(f"{__package__}.{name}")
    if spec is None or spec.origin is None:
        return "not part of this installation"
    return load(name).why_not(device, dtype)
