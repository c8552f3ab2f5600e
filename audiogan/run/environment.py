"""Where and with what a run was made."""

from __future__ import annotations

import platform
import re
from importlib.metadata import PackageNotFoundError, requires, version
from typing import Any

import soundfile
import soxr
import torch

from audiogan.registry import Registry


def environment(registry: Registry, *, device: torch.device, threads: int | None) -> dict[str, Any]:
    """What repeating the figures to the last digit depends on: versions, device, thread count.

    The versions are those of audiogan, of every library that it requires, and of the two that decode and resample.
    ``threads`` is what the experiments ask for, ``None`` being as many as torch chooses.
    """
    plugins = sorted(
        {str(entry.plugin) for kind in registry.entries.values() for entry in kind.values()} - {_named("audiogan")}
    )
    return {
        "audiogan": _version("audiogan"),
        **{library: _version(library) for library in _required_libraries()},
        "torch": torch.__version__,
        "libsndfile": soundfile.__libsndfile_version__,
        "libsoxr": soxr.__libsoxr_version__,
        "python": platform.python_version(),
        "platform": platform.platform(),
        "device": torch.cuda.get_device_name(device) if device.type == "cuda" else "cpu",
        "threads": threads or torch.get_num_threads(),
        "plugins": plugins,
    }


def _required_libraries() -> list[str]:
    try:
        requirements = requires("audiogan") or []
    except PackageNotFoundError:
        return ["numpy", "torch"]
    names = (re.match(r"[\w.-]+", requirement) for requirement in requirements if "extra ==" not in requirement)
    return sorted(name[0] for name in names if name)


def _version(distribution: str) -> str:
    try:
        return version(distribution)
    except PackageNotFoundError:
        return "not installed"


def _named(distribution: str) -> str:
    return f"{distribution} {_version(distribution)}"
