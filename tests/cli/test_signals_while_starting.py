"""Ctrl-C and SIGTERM while modules are imported, at moments that the interpreter itself reports."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.run.tone_shards import write_experiments, write_tones


@pytest.mark.parametrize(
    ("module", "number"),
    [
        ("argparse", signal.SIGTERM),
        ("numpy", signal.SIGINT),
        ("torch.nn", signal.SIGTERM),
        ("torch._ops", signal.SIGINT),
        # imported when the first optimiser is made, while the run already listens
        ("torch._dynamo.config", signal.SIGINT),
    ],
)
def test_a_signal_while_starting_ends_the_process_with_a_word(
    module: str, number: signal.Signals, tmp_path: Path
) -> None:
    file = write_experiments(tmp_path, write_tones(tmp_path))
    command = [sys.executable, "-X", "importtime", "-m", "audiogan", "run", str(file), "--dry-run"]
    with subprocess.Popen(
        command, cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stderr is not None
        for line in process.stderr:
            if line.rstrip().endswith(f" {module}"):
                process.send_signal(number)
                break
        told = [line.rstrip() for line in process.stderr if not line.startswith("import time:")]
        assert process.wait(timeout=60) == 128 + number, told
    assert told == ["audiogan: stopped"]
