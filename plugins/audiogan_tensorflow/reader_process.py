"""TensorFlow in a process of its own: ``python -m audiogan_tensorflow.reader_process PREFIX``.

TensorFlow and the ``tfrecord`` package both define ``tensorflow.Example`` for protobuf and cannot be loaded together;
so it is kept out of the process that reads datasets, and so are its logs and its memory.

Answers stand on standard output, each a line of JSON: first the shape of every variable by its name; then, to each
line of standard input, the name of a variable as JSON, a line with its shape and numpy's word for its type, and behind
it the bytes. An answer ``{"error": …}`` is the last one.
"""

from __future__ import annotations

import json
import os
import sys
from typing import Any, BinaryIO

import numpy as np

MISSING, DAMAGED = "missing", "damaged"
"""What an error is about: TensorFlow itself, or a file of the checkpoint."""


def serve(prefix: str, requests: BinaryIO, answers: BinaryIO) -> None:
    """Answers until ``requests`` ends."""
    try:
        import tensorflow
    except ImportError as error:
        _answer(answers, {"error": MISSING, "reason": str(error)})
        return
    # TensorFlow raises errors of its own, of which some are plain RuntimeError or ValueError
    try:
        reader = tensorflow.train.load_checkpoint(prefix)
        _answer(answers, {"shapes": {name: list(shape) for name, shape in reader.get_variable_to_shape_map().items()}})
        for request in requests:
            array = np.asarray(reader.get_tensor(json.loads(request)))
            if not np.issubdtype(array.dtype, np.number):
                raise TypeError(f"variable {request.decode().strip()} holds no numbers")
            _answer(answers, {"shape": list(array.shape), "dtype": array.dtype.str})
            answers.write(array.tobytes())
            answers.flush()
    except Exception as error:
        reason = str(getattr(error, "message", "") or error).splitlines()[0]
        _answer(answers, {"error": DAMAGED, "reason": reason})


def _answer(answers: BinaryIO, document: dict[str, Any]) -> None:
    answers.write(json.dumps(document).encode() + b"\n")
    answers.flush()


def main() -> None:
    """Serves standard input, with whatever else is printed kept out of the answers."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    with os.fdopen(os.dup(sys.stdout.fileno()), "wb") as answers:
        os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
        serve(sys.argv[1], sys.stdin.buffer, answers)


if __name__ == "__main__":
    main()
