"""Recordings that are not read in place, decoded once: a folder of samples, bounded in size and shared by processes."""

from __future__ import annotations

import logging
import os
import shutil
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import soundfile
from attrs import evolve

from audiogan.audio import AudioHeader, decode_whole
from audiogan.data.cache import cache_directory
from audiogan.data.recordings.content import content_digests
from audiogan.data.recordings.in_threads import in_threads
from audiogan.errors import DamagedDataError, DataError
from audiogan.files import locked_folder

DEFAULT_CACHE_GB = 20.0
"""What decoded recordings may take together; 10^9 bytes each."""
_FORMAT = 1
_SAMPLE_BYTES = 4
_HEADER_BYTES = 128
_SAMPLES_A_CORE_S = 4e6
"""About as many as a core decodes in a second; Opus takes four times as long as MP3 and Vorbis."""

_log = logging.getLogger("audiogan")


def decoded_headers(
    headers: Mapping[Path, AudioHeader], *, cache_gb: float = DEFAULT_CACHE_GB
) -> dict[Path, AudioHeader | DamagedDataError]:
    """The headers with their true lengths and where the samples lie, or what is wrong with a recording.

    Samples are kept as float32 in the folder ``decoded`` of the cache, under the SHA-256 of the recording's bytes and
    libsndfile's version. How much is to be decoded and about how long it takes is logged before. Where the folder would
    grow beyond ``cache_gb`` 10^9 bytes, what was used least recently goes. One process decodes at a time; a second one
    waits, and uses what the first has made.

    :raises DataError: these recordings take more than ``cache_gb`` or than the disk has room for, or one cannot be
        read.
    """
    if not headers:
        return {}
    folder = cache_directory() / "decoded"
    version = f"libsndfile-{soundfile.__libsndfile_version__}-{_FORMAT}"
    digests = content_digests(headers)
    places = {path: folder / f"{digest}-{version}.w64" for path, digest in zip(headers, digests, strict=True)}
    damages: dict[Path, DamagedDataError] = {}
    if _missing(places):
        with _lock(folder):
            missing = _missing(places)
            if missing:
                _make_room(folder, {path: headers[path] for path in missing}, set(places.values()), cache_gb)
                damages = _decode(missing)
    decoded: dict[Path, AudioHeader | DamagedDataError] = {}
    for path, place in places.items():
        if place in damages:
            first = damages[place]  # of copies only one was decoded
            decoded[path] = DamagedDataError(str(path) + str(first)[str(first).index(": ") :])
            continue
        with suppress(OSError):
            os.utime(place)  # used now
        with soundfile.SoundFile(os.fspath(place)) as samples:
            decoded[path] = evolve(headers[path], length=samples.frames, decoded=place)
    return decoded


def _missing(places: Mapping[Path, Path]) -> dict[Path, Path]:
    """One recording for each place that holds nothing."""
    by_place = {place: path for path, place in places.items() if not place.exists()}
    return {path: place for place, path in by_place.items()}


@contextmanager
def _lock(folder: Path) -> Iterator[None]:
    busy = "another process decodes recordings into it"
    try:
        lock = locked_folder(folder, busy=busy)
        lock.__enter__()
    except DataError as error:
        if busy not in str(error):
            raise
        _log.info("%s; waiting for it", error)
        lock = locked_folder(folder, busy=busy, timeout_s=-1)
        lock.__enter__()
    try:
        yield
    finally:
        lock.__exit__(None, None, None)


def _make_room(folder: Path, missing: Mapping[Path, AudioHeader], used: Collection[Path], cache_gb: float) -> None:
    needed = sum(_HEADER_BYTES + header.length * header.channels * _SAMPLE_BYTES for header in missing.values())
    kept = [(place, place.stat()) for place in folder.glob("*.w64")]
    in_use = sum(status.st_size for place, status in kept if place in used)
    if needed + in_use > cache_gb * 1e9:
        raise DataError(
            f"{folder}: the recordings that are not WAV or FLAC take {(needed + in_use) / 1e9:.2f} GB decoded, more "
            f"than decoded_cache_gb = {cache_gb:g} allows; raise it, or convert the recordings to FLAC"
        )
    held = sum(status.st_size for _, status in kept)
    for place, status in sorted(kept, key=lambda entry: entry[1].st_mtime_ns):
        if held + needed <= cache_gb * 1e9:
            break
        if place not in used:
            place.unlink(missing_ok=True)
            held -= status.st_size
    free = shutil.disk_usage(folder).free
    if needed > free:
        raise DataError(
            f"{folder}: decoded recordings need {needed / 1e9:.2f} GB and the disk has {free / 1e9:.2f} GB free; make "
            "room, or set AUDIOGAN_CACHE_DIR to a folder on another disk"
        )
    seconds = needed / _SAMPLE_BYTES / _SAMPLES_A_CORE_S / (os.cpu_count() or 1)
    _log.info(
        "decoding %d recordings once, which takes about %.0f s and %.2f GB in %s",
        len(missing),
        seconds,
        needed / 1e9,
        folder,
    )


def _decode(missing: Mapping[Path, Path]) -> dict[Path, DamagedDataError]:
    def decode(entry: tuple[Path, Path]) -> DamagedDataError | None:
        try:
            decode_whole(*entry)
        except DamagedDataError as error:
            return error
        return None

    faults: Sequence[DamagedDataError | None] = list(in_threads(decode, missing.items(), doing="recordings decoded"))
    return {place: fault for place, fault in zip(missing.values(), faults, strict=True) if fault is not None}
