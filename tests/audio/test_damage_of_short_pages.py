"""Damage of Ogg streams with short pages, as they are streamed, reaches farther than a few of them.

libsndfile writes pages of a second. Here those of its files are taken apart: every packet is given a page of its own,
with its position and checksum, as ``ffmpeg -page_duration 20000`` writes them.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from audiogan.audio.decoding import AudioDecoder, read_header
from audiogan.audio.ogg_damage import find_damage
from audiogan.audio.ogg_pages import sound_pages
from audiogan.errors import DamagedDataError
from tests.audio.sound_files import decoded, sound, write_sound

RATE = 48_000
LENGTH = 9 * RATE
PACKET = 960
"""Samples: libsndfile writes Opus in packets of 20 ms."""
WINDOW = 4000


def packets(content: bytes) -> Iterator[bytes]:
    """Those of a file with a single stream."""
    packet = b""
    for page in sound_pages(content):
        sizes = content[page.begin + 27 : page.begin + 27 + content[page.begin + 26]]
        at = page.begin + 27 + len(sizes)
        for size in sizes:
            packet += content[at : at + size]
            at += size
            if size < 255:
                yield packet
                packet = b""


def page_of(content: list[bytes], *, position: int, number: int, flags: int) -> bytes:
    """A page that holds whole packets (RFC 3533, section 6)."""
    sizes = b"".join(b"\xff" * (len(packet) // 255) + bytes([len(packet) % 255]) for packet in content)
    head = b"OggS\0" + bytes([flags]) + position.to_bytes(8, "little") + b"\7\0\0\0" + number.to_bytes(4, "little")
    tail = bytes([len(sizes)]) + sizes + b"".join(content)
    reverse = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))
    checksum = zlib.crc32((head + bytes(4) + tail).translate(reverse), 0xFFFFFFFF) ^ 0xFFFFFFFF
    return head + checksum.to_bytes(4, "big").translate(reverse) + tail


def with_short_pages(content: bytes, packets_per_page: int) -> bytes:
    """An Opus file as ``content``, but for its pages, whose first two hold the headers."""
    head, tags, *audio = packets(content)
    end = max(page.position for page in sound_pages(content))
    pages = [page_of([head], position=0, number=0, flags=2), page_of([tags], position=0, number=1, flags=0)]
    for first in range(0, len(audio), packets_per_page):
        beyond = first + packets_per_page
        position, flags = (end, 4) if beyond >= len(audio) else (beyond * PACKET, 0)
        pages.append(page_of(audio[first:beyond], position=position, number=len(pages), flags=flags))
    return b"".join(pages)


@pytest.fixture(scope="module")
def opus(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return write_sound(tmp_path_factory.mktemp("pages") / "a.opus", sound(1, LENGTH), RATE).read_bytes()


@pytest.mark.parametrize("packets_per_page", [1, 3, 10])
def test_no_window_behind_the_damage_is_wrong(tmp_path: Path, opus: bytes, packets_per_page: int) -> None:
    path = tmp_path / "a.opus"
    path.write_bytes(opus)
    whole = decoded(path)
    content = with_short_pages(opus, packets_per_page)
    path.write_bytes(content)
    np.testing.assert_array_equal(decoded(path), whole)
    pages = list(sound_pages(content))
    for share in (0.3, 0.45):
        page = pages[int(len(pages) * share)]
        middle = (page.begin + page.end) // 2
        path.write_bytes(content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :])
        header, decoder = read_header(path), AudioDecoder()
        refused: list[int] = []
        for start in range(page.position - RATE, LENGTH - WINDOW, 997):
            try:
                window = decoder.read(path, header, start, start + WINDOW)
            except DamagedDataError:
                refused.append(start)
                continue
            np.testing.assert_allclose(window, whole[:, start : start + WINDOW], rtol=0, atol=2e-4)
        assert page.position - WINDOW - packets_per_page * PACKET - 997 < refused[0] < page.position
        assert refused == list(range(refused[0], refused[-1] + 1, 997))
        (damage,) = find_damage(path, length=LENGTH, sample_rate=RATE, positions_per_s=RATE)
        resumed = LENGTH - (pages[-1].position - pages[int(len(pages) * share) + 1].position)
        assert resumed + RATE <= damage.end < resumed + RATE + packets_per_page * PACKET
