"""What a checkpoint holds, by the names of its variables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from audiogan.errors import CheckpointError, DataError, SpecError

_WEIGHTS = ("kernel", "bias", "gamma", "beta", "moving_mean", "moving_variance")


def weights_of(network: str, names: Iterable[str]) -> tuple[str, ...]:
    """The weights of a network, such as ``G``: kernels, biases, and what batch normalisation keeps.

    An optimiser's ``G/z_project/dense/kernel/Adam`` and averages such as ``…/kernel/ExponentialMovingAverage`` are not
    among them.
    """
    return tuple(name for name in names if name.startswith(f"{network}/") and name.rpartition("/")[2] in _WEIGHTS)


def inventory(shapes: Mapping[str, tuple[int, ...]]) -> str:
    """The variables in a line: how many there are below each name at the top."""
    counts = Counter(name.partition("/")[0] if "/" not in name else f"{name.partition('/')[0]}/…" for name in shapes)
    return ", ".join(f"{top} ({count})" if count > 1 else top for top, count in counts.items()) or "nothing"


def described(names: Iterable[str]) -> str:
    """Variables that are left out, in a line: those of an optimiser by its name, others by the network's.

    >>> described(["G/dense/kernel/Adam", "G/dense/bias/Adam", "beta1_power", "D/dense/kernel"])
    'Adam (2), D (1), beta1_power'
    """
    counts: Counter[str] = Counter()
    alone: dict[str, None] = {}
    for name in names:
        scope, _, leaf = name.rpartition("/")
        if scope.rpartition("/")[2] in _WEIGHTS:
            counts[leaf.partition("_")[0]] += 1
        elif leaf in _WEIGHTS:
            counts[name.partition("/")[0]] += 1
        else:
            alone[name] = None
    return ", ".join([*(f"{name} ({count})" for name, count in counts.items()), *alone])


@contextmanager
def misfits_told(prefix: Path, shapes: Mapping[str, tuple[int, ...]]) -> Iterator[None]:
    """Names the checkpoint and what it holds where the block finds that its variables are no network of ours.

    :raises CheckpointError: it does.
    """
    try:
        yield
    except (CheckpointError, DataError, SpecError) as error:
        raise CheckpointError(f"{prefix}: {error}\n  it holds {inventory(shapes)}") from error
