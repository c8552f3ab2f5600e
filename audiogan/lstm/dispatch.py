"""Which implementation of the LSTM computes a call."""

from __future__ import annotations

import logging
import os
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import final

import torch

from audiogan.errors import AudioganError, suggest
from audiogan.lstm.interface import Implementation

NAMES = ("triton", "cpu", "reference")
"""Every implementation, the fastest first; ``reference`` runs everywhere."""

VARIABLE = "AUDIOGAN_LSTM"
"""The environment variable that names the implementation to use, whatever the call."""

_log = logging.getLogger("audiogan")


@final
class ImplementationError(AudioganError):
    """An implementation that was asked for by name, and that does not exist or does not run here."""


def choose(
    device: torch.device, dtype: torch.dtype, name: str | None = None, *, hidden: int | None = None
) -> Implementation:
    """The implementation called ``name``, else the one that ``AUDIOGAN_LSTM`` names, else the fastest that runs.

    Where that is ``reference``, or slower than it could be, the log says so once for each kind of device and dtype,
    with the reasons.

    :param hidden: the hidden size, which may be too large for some; None asks for any size that they compute.
    :raises ImplementationError: a name, or the variable, asks for one that is unknown or does not run.
    """
    if name is not None:
        return _named(name, device, dtype, hidden, asked_by=f"implementation '{name}'")
    forced = os.environ.get(VARIABLE)
    if forced:
        return _named(forced, device, dtype, hidden, asked_by=f"{VARIABLE}={forced}")
    return _fastest(device, dtype, hidden)


def reasons_against(device: torch.device, dtype: torch.dtype, hidden: int | None = None) -> dict[str, str | None]:
    """For every name, fastest first: why that implementation does not run on ``device`` in ``dtype``, or None."""
    return {name: _reason(name, device, dtype, hidden) for name in NAMES}


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


def _named(name: str, device: torch.device, dtype: torch.dtype, hidden: int | None, *, asked_by: str) -> Implementation:
    check_name(name, asked_by=asked_by)
    reason = _reason(name, device, dtype, hidden)
    if reason is not None:
        usable = [other for other in NAMES if _reason(other, device, dtype, hidden) is None]
        raise ImplementationError(
            f"{asked_by}: cannot be used for {dtype} on {device}: {reason}; usable: {', '.join(usable) or 'none'}"
        )
    return load(name)


@cache
def _fastest(device: torch.device, dtype: torch.dtype, hidden: int | None) -> Implementation:
    reasons = reasons_against(device, dtype, hidden)
    usable = [name for name in NAMES if reasons[name] is None]
    if not usable:
        raise ImplementationError(f"the LSTM cannot be computed for {dtype} on {device}: {reasons['reference']}")
    chosen = load(usable[0])
    drawback = chosen.drawback()
    if drawback is not None:
        _warn_once(device.type, dtype, chosen.name, drawback)
    elif chosen.name == "reference" and device.type != "meta":
        why = "; ".join(f"{name}: {reason}" for name, reason in reasons.items() if reason)
        _warn_once(device.type, dtype, "reference", why)
    return chosen


@cache
def _warn_once(device_type: str, dtype: torch.dtype, name: str, why: str) -> None:
    kind = "the slow implementation" if name == "reference" else "a slower form of the implementation"
    _log.warning("LSTM in %s on %s uses %s '%s' (%s)", dtype, device_type, kind, name, why)


def _reason(name: str, device: torch.device, dtype: torch.dtype, hidden: int | None) -> str | None:
    spec = find_spec(f"{__package__}.{name}")
    if spec is None or spec.origin is None:
        return "not part of this installation"
    implementation = load(name)
    reason = implementation.why_not(device, dtype)
    most = implementation.largest_hidden
    if reason is None and hidden is not None and most is not None and hidden > most:
        return f"computes up to {most} hidden units"
    return reason
