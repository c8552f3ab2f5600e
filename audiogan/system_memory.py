"""How much memory there is, as far as the system tells."""

from __future__ import annotations

from pathlib import Path

_MEMORY_INFORMATION = Path("/proc/meminfo")
_GROUP_LIMITS = (
    (Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory.current")),
    (Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"), Path("/sys/fs/cgroup/memory/memory.usage_in_bytes")),
)
"""Limit and use of a container around the process, under the second and the first version of control groups."""


def available_memory() -> int | None:
    """Bytes that could be had now, swap space included; ``None`` where the system does not tell."""
    return _within_limits("MemAvailable", "SwapFree", in_use=True)


def installed_memory() -> int | None:
    """Bytes that could ever be had, swap space included; ``None`` where the system does not tell."""
    return _within_limits("MemTotal", "SwapTotal", in_use=False)


def _within_limits(*fields: str, in_use: bool) -> int | None:
    try:
        lines = _MEMORY_INFORMATION.read_text().splitlines()
    except OSError:
        return None
    kibibytes = {name: int(value.split()[0]) for name, _, value in (line.partition(":") for line in lines)}
    bounds = [sum(kibibytes.get(field, 0) for field in fields) * 1024]
    for limit, usage in _GROUP_LIMITS:
        bytes_allowed = _number(limit)
        if bytes_allowed is not None:
            bounds.append(bytes_allowed - (_number(usage) or 0 if in_use else 0))
    return max(0, min(bounds))


def _number(path: Path) -> int | None:
    try:
        return int(path.read_text())
    except (OSError, ValueError):  # a group without a limit has the word "max" there
        return None
