"""The variables of a TensorFlow checkpoint."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from hashlib import file_digest
from math import prod
from pathlib import Path
from typing import Any, Protocol, final

import numpy as np
from attrs import frozen
from numpy.typing import NDArray

from audiogan.errors import AudioganError, CheckpointError
from audiogan_tensorflow import reader_process
from audiogan_tensorflow.location import checkpoint_files, checkpoint_prefix

GLOBAL_STEP = "global_step"


class VariableReader(Protocol):
    """Where a bundle has its variables from."""

    def array(self, name: str) -> NDArray[Any]:
        """The variable of that name, which is one of the bundle's."""
        ...


@final
@frozen(eq=False)
class Bundle:
    """An open checkpoint; a variable is read from the disk when it is asked for."""

    prefix: Path
    shapes: Mapping[str, tuple[int, ...]]
    """The shape of every variable by its name, sorted."""
    reader: VariableReader

    def read(self, names: Iterable[str]) -> dict[str, NDArray[Any]]:
        """The variables of those names, each as it is stored.

        :raises CheckpointError: a file is damaged, or a variable holds values that are not finite.
        """
        return {name: self._variable(name) for name in names}

    def step(self) -> int | None:
        """The updates behind the checkpoint (of a GAN, the generator's); ``None`` where it does not say.

        :raises CheckpointError: a file is damaged.
        """
        if self.shapes.get(GLOBAL_STEP) != ():
            return None
        return int(self._variable(GLOBAL_STEP))

    def names_without(self, taken: Iterable[str]) -> list[str]:
        """The names of the variables beside those taken and the step, sorted."""
        return sorted(self.shapes.keys() - {GLOBAL_STEP, *taken})

    def hashes(self) -> dict[str, str]:
        """The SHA-256 of each file in hexadecimal, by its name."""
        hashes = {}
        for path in checkpoint_files(self.prefix):
            with path.open("rb") as file:
                hashes[path.name] = file_digest(file, "sha256").hexdigest()
        return hashes

    def _variable(self, name: str) -> NDArray[Any]:
        value = self.reader.array(name)
        if np.issubdtype(value.dtype, np.floating) and not np.isfinite(value).all():
            raise CheckpointError(
                f"{self.prefix}: variable '{name}' holds values that are not finite: the training had diverged; "
                "take an earlier checkpoint"
            )
        return value


@contextmanager
def open_bundle(path: Path) -> Iterator[Bundle]:
    """The checkpoint that ``path`` names in any of the ways that :func:`checkpoint_prefix` knows.

    :raises CheckpointError: there is none, or its index is damaged.
    :raises AudioganError: TensorFlow is not installed.
    """
    prefix = checkpoint_prefix(path)
    command = [sys.executable, "-m", reader_process.__name__, str(prefix.resolve())]
    pipe = subprocess.PIPE
    with subprocess.Popen(  # noqa: S603 - this interpreter with a module of ours
        command, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL
    ) as process:
        try:
            reader = _ProcessReader(prefix, process)
            shapes = reader.answer()["shapes"]
            yield Bundle(prefix, {name: tuple(shapes[name]) for name in sorted(shapes)}, reader)
        finally:
            process.kill()


@final
@frozen(eq=False)
class _ProcessReader:
    """The other end of :mod:`reader_process`."""

    prefix: Path
    process: subprocess.Popen[bytes]

    def array(self, name: str) -> NDArray[Any]:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        # a process that has ended answers with nothing, which is told below
        with suppress(BrokenPipeError):
            self.process.stdin.write(json.dumps(name).encode() + b"\n")
            self.process.stdin.flush()
        answer = self.answer()
        dtype, shape = np.dtype(answer["dtype"]), answer["shape"]
        content = self.process.stdout.read(dtype.itemsize * prod(shape))
        return np.frombuffer(content, dtype).reshape(shape)

    def answer(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            raise self._damaged(f"TensorFlow ended with status {self.process.wait()} while reading it")
        answer: dict[str, Any] = json.loads(line)
        if answer.get("error") == reader_process.MISSING:
            raise AudioganError(
                f"TensorFlow, which reads these checkpoints, is not installed ({answer['reason']}); "
                "pip install 'audiogan[tensorflow]'"
            )
        if "error" in answer:
            raise self._damaged(answer["reason"])
        return answer

    def _damaged(self, reason: str) -> CheckpointError:
        return CheckpointError(f"{self.prefix}: the checkpoint is damaged: {reason}; copy its files again")
