"""The compiled implementation for CPUs."""

from audiogan.lstm.cpu.implementation import CPU

IMPLEMENTATION = CPU()

__all__ = ["CPU", "IMPLEMENTATION"]
