"""Packing holds a clip, and not many times of it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import soundfile

RATE, SECONDS = 16_000, 600
CLIP_MIB = RATE * SECONDS * 4 / 2**20
PROGRAM = """\
import re, sys
from audiogan.cli import main
status = main(["data", "pack", *sys.argv[1:], "--jobs", "1"])
print(re.search(r"VmHWM:\\s+(\\d+) kB", open("/proc/self/status").read())[1])
sys.exit(status)
"""


def peak_mib(*arguments: str) -> float:
    done = subprocess.run([sys.executable, "-c", PROGRAM, *arguments], capture_output=True, text=True, check=True)
    return int(done.stdout.splitlines()[-1]) / 1024


def test_a_long_recording_takes_little_more_than_twice_its_size(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    samples = np.random.default_rng(0).integers(-9000, 9000, RATE * SECONDS, dtype=np.int16)
    soundfile.write(tmp_path / "in" / "long.wav", samples, RATE)
    short = peak_mib(str(tmp_path / "in"), str(tmp_path / "short"))
    for compression in ("none", "gzip"):
        out = tmp_path / compression
        arguments = (str(tmp_path / "in"), str(out), "--clip-seconds", "whole", "--compression", compression)
        assert 1.5 * CLIP_MIB < peak_mib(*arguments) - short < 2.5 * CLIP_MIB
    assert (tmp_path / "none" / "train-00000-of-00001.tfrecord").stat().st_size > CLIP_MIB * 2**20
