"""The command line."""

from __future__ import annotations


def main() -> int:
    """Runs the command that the arguments name."""
    return 0
