"""The headers of many recordings, and which of the recordings can be read."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import final

from attrs import frozen

from audiogan.audio import AudioHeader, read_header
from audiogan.data.recordings.decoded_cache import DEFAULT_CACHE_GB, decoded_headers
from audiogan.data.recordings.in_threads import in_threads
from audiogan.data.recordings.listing import FoundFile
from audiogan.data.recordings.recording import Recording
from audiogan.errors import DamagedDataError, DataError

_THREADS = 8
"""Headers wait for the disk far more than for a processor."""
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
    """The files that can be read, in the order in which they were given, and what is wrong with the rest."""

    known: tuple[KnownFile, ...]
    damaged: tuple[DamagedDataError, ...]


def read_headers(files: Iterable[FoundFile], *, cache_gb: float = DEFAULT_CACHE_GB) -> ReadHeaders:
    """The headers of ``files``; what is not read in place is decoded once, see :mod:`.decoded_cache`.

    :raises DataError: what is decoded takes more than ``cache_gb``, or cannot be written.
    """
    files = tuple(files)
    found = list(in_threads(_read, files, doing="recordings' headers read", threads=_THREADS))
    lossy = {
        file.path: header
        for file, header in zip(files, found, strict=True)
        if isinstance(header, AudioHeader) and not header.in_place
    }
    decoded = decoded_headers(lossy, cache_gb=cache_gb)
    headers = [decoded.get(file.path, header) for file, header in zip(files, found, strict=True)]
    return ReadHeaders(
        tuple(
            KnownFile(file, header)
            for file, header in zip(files, headers, strict=True)
            if isinstance(header, AudioHeader)
        ),
        tuple(header for header in headers if isinstance(header, DamagedDataError)),
    )


def readable_files(
    files: Iterable[FoundFile], *, on_error: str, cache_gb: float = DEFAULT_CACHE_GB
) -> tuple[KnownFile, ...]:
    """The files with their headers; where ``on_error`` is ``"skip"``, without the damaged, which are logged by name.

    :raises DamagedDataError: ``on_error`` is ``"stop"`` and a file is damaged.
    :raises DataError: no file is left, or as :func:`read_headers`.
    """
    headers = read_headers(files, cache_gb=cache_gb)
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


def _read(file: FoundFile) -> AudioHeader | DamagedDataError:
    try:
        return read_header(file.path)
    except DamagedDataError as error:
        return error
