"""``python -m benchmarks.spoken_digits RECORDINGS OUTPUT``: whether what the documentation says of the digits holds."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from audiogan.errors import AudioganError
from audiogan.files import write_bytes
from audiogan.training.stop import Interrupted, StopSignal
from benchmarks.spoken_digits.claims import shortfalls
from benchmarks.spoken_digits.procedure import train_and_judge
from benchmarks.spoken_digits.table import markdown_report

REPORT_FILE = "digits.md"
_CLAIM_FAILED, _USER_MISTAKE = 1, 2


def main(arguments: list[str] | None = None) -> int:
    """Prints the table and, on standard error, a sentence for each claim that does not hold.

    The status is 0 where all hold, 1 where one does not, 2 for a mistake to mend, 130 or 143 after a stop.
    """
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.spoken_digits",
        description="Trains the classifier of the documentation on the Free Spoken Digit Dataset, evaluates its test "
        "speech, the same with artifacts put in, and noise, and checks what the documentation says of them.",
    )
    parser.add_argument("recordings", type=Path, metavar="RECORDINGS", help="the dataset's folder of WAV files")
    parser.add_argument("output", type=Path, metavar="OUTPUT", help="a new folder for all that is made on the way")
    parsed = parser.parse_args(arguments)
    stop = StopSignal()
    try:
        with stop.listening(), stop.interruptible():
            training, found = train_and_judge(parsed.recordings, parsed.output)
            report = markdown_report(training, found)
            write_bytes(parsed.output / REPORT_FILE, report.encode())
    except AudioganError as error:
        print(f"spoken digits: {error}", file=sys.stderr)
        return _USER_MISTAKE
    except Interrupted as interrupt:
        print("spoken digits: stopped", file=sys.stderr)
        return interrupt.exit_status
    print(report, end="")
    unmet = shortfalls(training, found)
    for sentence in unmet:
        print(sentence, file=sys.stderr)
    return _CLAIM_FAILED if unmet else 0


if __name__ == "__main__":
    sys.exit(main())
