from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
WITHOUT_JAX = "import sys, pytest; sys.modules['jax'] = None; sys.exit(pytest.main(sys.argv[1:]))"


def test_the_benchmarks_are_there_without_jax() -> None:
    command = [sys.executable, "-c", WITHOUT_JAX, "benchmarks", "--collect-only", "-q", "-p", "no:cacheprovider"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    collected = done.stdout.splitlines()
    assert "benchmarks/test_lstm_layer.py::test_jax_scan[penalty_step]" in collected
    assert "benchmarks/test_critic_step.py::test_torch_under_wgan" in collected
