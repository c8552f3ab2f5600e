"""Open audio files, of which any stretch can be decoded."""

from __future__ import annotations

from abc import ABC, abstractmethod
from io import BytesIO
from itertools import islice
from pathlib import Path
from typing import final

import numpy as np
import soundfile
from attrs import evolve
from numpy.typing import NDArray

from audiogan.audio.mpeg_frames import MpegFrame, length_tag_frame, silenced
from audiogan.audio.mpeg_index import DECODER_DELAY, STRIDE, MpegIndex, frames_in
from audiogan.audio.ogg_damage import OggDamage
from audiogan.errors import DamagedDataError

_RUN_UP = 18_432
"""Samples that a transform codec decodes, and throws away, before a stretch: two of Vorbis's longest blocks."""
_MPEG_RUN_UP = 16
"""Frames before a stretch of MP3: the bit reservoir, of at most 511 bytes, takes ten of the smallest to fill, and the
filters two to settle."""
_MPEG_SILENCED = 10


class Source(ABC):
    """An open audio file."""

    @abstractmethod
    def read(self, start: int, stop: int) -> NDArray[np.float32]:
        """Samples from ``start`` to ``stop`` as decoding the whole file gives them, ``[length, channels]``.

        They depend on the file and the two numbers alone, not on what was read before. ``length`` is less than
        ``stop - start`` where the file ends.

        :raises soundfile.SoundFileError: they cannot be decoded.
        :raises OSError: the file cannot be read.
        """

    def close(self) -> None:
        """Closes the file."""


@final
class SeekableSource(Source):
    """A file in which libsndfile can seek; transform codecs are given a run-up."""

    def __init__(
        self, path: Path, file: soundfile.SoundFile, *, last_seek: int | None, damages: tuple[OggDamage, ...] = ()
    ) -> None:
        """``last_seek`` is the last sample to seek to in a transform codec, ``None`` for any other."""
        self._path = path
        self._file = file
        self._last_seek = last_seek
        self._damages = damages
        self._may_skip = last_seek is not None and file.format == "OGG"

    def read(self, start: int, stop: int) -> NDArray[np.float32]:
        """Seeks, decodes, and throws the run-up away.

        :raises DamagedDataError: one of ``damages`` lies in what is decoded, the run-up included.
        """
        begin = start if self._last_seek is None else max(0, min(start - _RUN_UP, self._last_seek))
        for damage in self._damages:
            if begin < damage.end and damage.begin < stop:
                raise DamagedDataError(
                    f"{self._path}: damaged at byte {damage.byte}, {damage.begin / self._file.samplerate:.3f} s "
                    "(pages are missing or fail their checksum); fetch or write it again"
                )
        if self._may_skip and begin >= self._file.tell():
            # libsndfile decodes on to a sample up to 2 s ahead: in Vorbis it miscounts where block sizes change, and it
            # may pass damage. Backwards it searches.
            self._file.seek(self._file.frames)
        self._file.seek(begin)
        samples: NDArray[np.float32] = self._file.read(stop - begin, dtype="float32", always_2d=True)[start - begin :]
        return samples

    def close(self) -> None:
        """Closes the file."""
        self._file.close()


@final
class MpegSource(Source):
    """An MP3 file, of which the frames around a stretch are decoded as if they were a file of their own.

    In the file as it is libsndfile walks from header to header up to where it seeks, trusts what the file says of its
    length, and complains about frames that borrow from those before it; and what it decodes depends, in the last bit,
    on what it has decoded before.
    """

    def __init__(self, index: MpegIndex) -> None:
        self._index = index

    def read(self, start: int, stop: int) -> NDArray[np.float32]:
        """Decodes whole frames, and cuts."""
        samples = self._index.first.samples
        begin, end = start + self._index.skipped, stop + self._index.skipped
        first = max(0, begin // samples - _MPEG_RUN_UP)
        stream, frames_before = self._stream(first, min(self._index.frames, -(-end // samples)))
        decoded_from = (first - frames_before) * samples + DECODER_DELAY
        with soundfile.SoundFile(stream) as file:
            decoded: NDArray[np.float32] = file.read(end - decoded_from, dtype="float32", always_2d=True)
        return decoded[begin - decoded_from :]

    def _stream(self, first: int, last: int) -> tuple[BytesIO, int]:
        """Frames ``first`` up to ``last`` behind a tag, and how many frames stand between these two."""
        frames = self._frames(first, last)
        if not frames:
            return BytesIO(), 0
        pieces = [content for content, _ in frames]
        silent = [silenced(content, frame) for content, frame in frames[:_MPEG_SILENCED]]
        before = 0
        if first > 0:
            pieces = [*silent, *pieces[_MPEG_SILENCED:]]
        elif self._index.skipped < DECODER_DELAY:
            pieces, before = [silent[0], *pieces], 1
        return BytesIO(b"".join((length_tag_frame(pieces[0], len(pieces)), *pieces))), before

    def _frames(self, first: int, last: int) -> list[tuple[bytes, MpegFrame]]:
        index = self._index
        at, beyond = first // STRIDE, -(-last // STRIDE)
        begin = int(index.offsets[at]) if at < len(index.offsets) else index.end
        end = int(index.offsets[beyond]) if beyond < len(index.offsets) else index.end
        with index.path.open("rb") as file:
            file.seek(begin)
            content = file.read(end - begin)
        frames = list(islice(frames_in(content), last - at * STRIDE))
        return [
            (content[frame.offset : frame.offset + frame.size], evolve(frame, offset=0))
            for frame in frames[first - at * STRIDE :]
        ]
