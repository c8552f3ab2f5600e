"""What no score says: how many waveforms are silent, clipped, or the same as others."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import final

import numpy as np
import torch
from attrs import asdict, frozen
from numpy.typing import NDArray
from torch import Tensor

SILENT_PEAK = 1e-3
"""A waveform whose peak is lower is silent."""
CLIPPED_LEVEL = 0.9999
"""Samples from here on are at full scale: 16-bit audio ends at 0.99997, a saturated tanh at 1."""
CLIPPED_RUN = 3
"""So many samples at full scale in a row make a waveform clipped; a single one is the peak of normalised audio."""
NEAR_DISTANCE = 0.01
"""Waveforms of equal power whose difference is this small beside them, by norm, are near duplicates (40 dB below)."""

_PROJECTIONS = 16
_COMPARED = 32
_PROJECTION_SEED = 0
_ROWS_AT_A_TIME = 256


@final
@frozen
class Soundness:
    """Counts among ``windows`` waveforms; the silent ones are nobody's duplicates."""

    windows: int
    silent: int
    """Peak under 0.001."""
    clipped: int
    """At least three samples in a row at full scale, in any channel."""
    duplicates: int
    """Equal to an earlier one, sample by sample."""
    near_duplicates: int
    """Further ones that, brought to the same power, differ from an earlier one by something 40 dB lower."""

    def to_json(self) -> dict[str, int]:
        """The counts by name."""
        return asdict(self)


def soundness(waveforms: Tensor) -> Soundness:
    """Counts what is plainly wrong with finite waveforms ``[N, channels, length]`` on the CPU.

    Near duplicates are looked for among waveforms that fall into the same cell: each is brought to unit power and
    projected on 16 random directions, and the projections are rounded on two grids, half a cell apart. Waveforms in one
    cell of either grid, the latest 32, are compared sample by sample, so that none is counted wrongly; at the edge of
    what counts about two in a hundred are missed.
    """
    sounding = _sounding(waveforms)
    distinct = _distinct(waveforms, sounding)
    return Soundness(
        windows=len(waveforms),
        silent=len(waveforms) - len(sounding),
        clipped=sum(_clipped(rows) for rows in _blocks(waveforms)),
        duplicates=len(sounding) - len(distinct),
        near_duplicates=_near_duplicates(waveforms, distinct),
    )


def _blocks(waveforms: Tensor) -> Iterator[Tensor]:
    for start in range(0, len(waveforms), _ROWS_AT_A_TIME):
        yield waveforms[start : start + _ROWS_AT_A_TIME]


def _sounding(waveforms: Tensor) -> NDArray[np.int64]:
    loud = [rows.abs().amax(dim=(1, 2)) >= SILENT_PEAK for rows in _blocks(waveforms)]
    return np.flatnonzero(torch.cat(loud).numpy()) if loud else np.empty(0, dtype=np.int64)


def _clipped(waveforms: Tensor) -> int:
    if waveforms.shape[-1] < CLIPPED_RUN:
        return 0
    full = waveforms.abs() >= CLIPPED_LEVEL
    length = full.shape[-1] - CLIPPED_RUN + 1
    runs = torch.stack([full[..., offset : offset + length] for offset in range(CLIPPED_RUN)]).all(dim=0)
    return int(runs.any(dim=(1, 2)).sum())


def _distinct(waveforms: Tensor, indices: NDArray[np.int64]) -> NDArray[np.int64]:
    """Those of ``indices`` whose waveform is not that of an earlier one."""
    seen: dict[bytes, int] = {}
    for index in indices.tolist():
        seen.setdefault(hashlib.sha256(waveforms[index].contiguous().numpy().data).digest(), index)
    return np.array(list(seen.values()), dtype=np.int64)


def _near_duplicates(waveforms: Tensor, indices: NDArray[np.int64]) -> int:
    count = 0
    kept: dict[bytes, list[int]] = {}
    for index, cells in zip(indices.tolist(), _cells(waveforms, indices), strict=True):
        candidates = sorted({other for cell in cells for other in kept.get(cell, ())[-_COMPARED:]})
        if candidates and _near_any(waveforms[index], waveforms[candidates]):
            count += 1
            continue
        for cell in cells:
            kept.setdefault(cell, []).append(index)
    return count


def _near_any(waveform: Tensor, others: Tensor) -> bool:
    distances = torch.linalg.vector_norm(_unit(others) - _unit(waveform[None]), dim=1)
    return bool((distances <= NEAR_DISTANCE).any())


def _unit(waveforms: Tensor) -> Tensor:
    """``[N, channels * length]``, each of norm 1."""
    flat = waveforms.flatten(start_dim=1).float()
    units: Tensor = flat / torch.linalg.vector_norm(flat, dim=1, keepdim=True)
    return units


def _cells(waveforms: Tensor, indices: NDArray[np.int64]) -> Iterator[tuple[bytes, bytes]]:
    """The cell that each waveform falls into on either grid."""
    directions = torch.randn(
        waveforms[0].numel() if len(waveforms) else 0,
        _PROJECTIONS,
        generator=torch.Generator().manual_seed(_PROJECTION_SEED),
    )
    for start in range(0, len(indices), _ROWS_AT_A_TIME):
        rows = torch.from_numpy(indices[start : start + _ROWS_AT_A_TIME])
        projected = _unit(waveforms[rows]) @ directions
        grids = [(projected + shift).floor().to(torch.int64).numpy() for shift in (0.0, 0.5)]
        for row in range(len(rows)):
            one, other = (grid[row].tobytes() for grid in grids)
            yield b"0" + one, b"1" + other
