"""Reading the headers of many recordings at once."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import final

from attrs import frozen

from audiogan.audio.decoding import AudioHeader, read_header
from audiogan.data.recordings.listing import FoundFile
from audiogan.data.recordings.recording import Recording
from audiogan.errors import DamagedDataError, DataError

_THREADS = 8
"""Headers wait for the disk far more than for a processor."""
_TELL_EVERY_S = 5.0
_NAMED = 10

_log = logging.getLogger("audiogan")


@final
@frozen
class KnownFile:
    """An audio file with its header."""

    file: FoundFile
    header: AudioHeader

    def recording(self, *, sample_rate: int, channels: int, clips: bool) -> Recording:
        """The file seen at a sample rate in Hz and with a number of channels that need not be its own."""
        return Recording(self.file.path, self.file.name, self.header, sample_rate, channels, clips=clips)


@final
@frozen
class ReadHeaders:
    """The files whose headers could be read, in the order in which they were given, and what is wrong with the rest."""

    known: tuple[KnownFile, ...]
    damaged: tuple[DamagedDataError, ...]


def read_headers(files: Iterable[FoundFile]) -> ReadHeaders:
    """The headers of ``files``, read in parallel; a folder that takes long tells now and then how far it is."""
    known: list[KnownFile] = []
    damaged: list[DamagedDataError] = []
    files = tuple(files)
    told = time.monotonic()
    executor = ThreadPoolExecutor(_THREADS)
    try:
        for number, found in enumerate(executor.map(_read, files)):
            if isinstance(found, KnownFile):
                known.append(found)
            else:
                damaged.append(found)
            if time.monotonic() - told > _TELL_EVERY_S:
                told = time.monotonic()
                _log.info("%d of %d recordings' headers read", number + 1, len(files))
    finally:
        # Without this, an interruption would wait for the headers of all files.
        executor.shutdown(cancel_futures=True)
    return ReadHeaders(tuple(known), tuple(damaged))


def _read(file: FoundFile) -> KnownFile | DamagedDataError:
    try:
        return KnownFile(file, read_header(file.path))
    except DamagedDataError as error:
        return error


def sound_files(files: Iterable[FoundFile], *, on_error: str) -> tuple[KnownFile, ...]:
    """The files with their headers; where ``on_error`` is ``"skip"``, without the damaged, which are logged by name.

    :raises DamagedDataError: ``on_error`` is ``"stop"`` and a header cannot be read.
    :raises DataError: no file is left.
    """
    headers = read_headers(files)
    if headers.damaged and on_error == "stop":
        others = len(headers.damaged) - 1
        more = f"; {others} more cannot be read" if others else ""
        raise DamagedDataError(f'{headers.damaged[0]}{more} (or set on_error = "skip" to go on without)')
    if headers.damaged:
        named = [f"\n  {error}" for error in headers.damaged[:_NAMED]]
        rest = len(headers.damaged) - len(named)
        _log.warning(
            "left out %d of %d recordings, which are damaged:%s%s",
            len(headers.damaged),
            len(headers.damaged) + len(headers.known),
            "".join(named),
            f"\n  and {rest} more" if rest else "",
        )
    if not headers.known:
        raise DataError(f"none of {len(headers.damaged)} recordings can be read; the first: {headers.damaged[0]}")
    return headers.known
