"""The LSTMs in a process that torch was loaded into with huge pages, which must be settled before.

The process reads the name of a pass and of a peer from each line, runs it, and answers with a line: "done", or for
``agree`` what is wrong with the numbers.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import final

from torch import Tensor

from benchmarks.racing import DisagreementError, check_agreement

_AGREE = "agree"
_DONE = "done"


@final
class HugePagesProcess:
    """Runs passes over there."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def run(self, peer: str, timed_pass: str) -> Sequence[Tensor]:
        """Runs ``ours`` or ``theirs``; what is computed stays there."""
        self._ask(f"{peer} {timed_pass}")
        return ()

    def check_agreement(self) -> None:
        """Compares what both computed last.

        :raises DisagreementError: as :func:`benchmarks.racing.check_agreement`.
        """
        self._ask(_AGREE)

    def _ask(self, request: str) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{request}\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline().strip()
        if answer != _DONE:
            raise DisagreementError(answer or "the process with huge pages ended")


@contextmanager
def huge_pages_process() -> Iterator[HugePagesProcess]:
    """The process, ended afterwards."""
    environment = {**os.environ, "THP_MEM_ALLOC_ENABLE": "1"}
    command = [sys.executable, "-m", "benchmarks.huge_pages"]
    with subprocess.Popen(
        command,
        cwd=Path(__file__).parents[1],
        env=environment,
        text=True,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        yield HugePagesProcess(process)
        assert process.stdin is not None
        process.stdin.close()


def _serve() -> None:
    from benchmarks.lstm_passes import PASSES, STEPS, input_of, peers

    ours, theirs = peers()
    lstms = {"ours": ours, "theirs": theirs}
    passes = {timed.__name__: timed for timed in PASSES}
    x = input_of(STEPS)
    computed: dict[str, Sequence[Tensor]] = {}
    for request in sys.stdin:
        answer = _DONE
        if request.strip() == _AGREE:
            try:
                check_agreement(computed["ours"], computed["theirs"])
            except DisagreementError as difference:
                answer = str(difference)
        else:
            peer, timed_pass = request.split()
            computed.pop(peer, None)
            computed[peer] = passes[timed_pass](lstms[peer], x)
        print(answer, flush=True)


if __name__ == "__main__":
    _serve()
