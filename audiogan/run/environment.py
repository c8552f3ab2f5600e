"""Where and with what a run was made."""

from __future__ import annotations

import platform
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import torch

from audiogan.registry import Registry


def environment(registry: Registry, *, device: torch.device, threads: int | None) -> dict[str, Any]:
    """What repeating the figures to the last digit depends on: versions, device, thread count.

    ``threads`` is what the experiments ask for, ``None`` being as many as torch chooses.
    """
    plugins = sorted(
        {entry.distribution for kind in registry.entries.values() for entry in kind.values()} - {_named("audiogan")}
    )
    return {
        "audiogan": _version("audiogan"),
        "torch": torch.__version__,
        "numpy": _version("numpy"),
        "python": platform.python_version(),
        "platform": platform.platform(),
        "device": torch.cuda.get_device_name(device) if device.type == "cuda" else "cpu",
        "threads": threads or torch.get_num_threads(),
        "plugins": plugins,
    }


def _version(distribution: str) -> str:
    try:
        return version(distribution)
    except PackageNotFoundError:
        return "not installed"


def _named(distribution: str) -> str:
    return f"{distribution} {_version(distribution)}"
