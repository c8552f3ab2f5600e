"""Damage of Ogg files is told from their pages, and no sound that it changes is handed out."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from audiogan.audio.decoding import AudioDecoder, read_header
from audiogan.audio.ogg_damage import OggDamage, find_damage
from audiogan.audio.ogg_pages import OggPage, sound_pages
from audiogan.data.recordings.listing import FoundFile
from audiogan.errors import DamagedDataError
from audiogan_data_tools.inspection.recordings import BrokenRecording, hear
from tests.audio.sound_files import sound, write_sound

LENGTH = 400_001
RATE = 16_000
WINDOW = 4000
STEP = 6000
STARTS = range(0, LENGTH - WINDOW, STEP)
NAMES = ("a.ogg", "a.opus")


@pytest.fixture(scope="module")
def recordings(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    folder = tmp_path_factory.mktemp("ogg")
    return {name: write_sound(folder / name, sound(1, LENGTH), RATE).read_bytes() for name in NAMES}


def damaged(path: Path, content: bytes, begin: int, end: int, instead: bytes) -> Path:
    path.write_bytes(content[:begin] + instead + content[end:])
    return path


def middle_page(content: bytes) -> OggPage:
    pages = list(sound_pages(content))
    return pages[len(pages) // 2]


def windows(path: Path) -> dict[int, np.ndarray]:
    """By the sample at which they begin, those of ``STARTS`` that are not damaged."""
    header, decoder = read_header(path), AudioDecoder()
    found = {}
    for start in (start for start in STARTS if start < header.length):
        try:
            found[start] = decoder.read(path, header, start, min(start + WINDOW, header.length))
        except DamagedDataError as error:
            assert f"{path}: damaged at byte " in str(error)  # noqa: PT017 - most windows raise nothing
    return found


@pytest.mark.parametrize("name", NAMES)
def test_every_byte_of_a_sound_file_belongs_to_a_page(recordings: dict[str, bytes], name: str) -> None:
    pages = list(sound_pages(recordings[name]))
    assert [page.begin for page in pages] == [0, *(page.end for page in pages[:-1])]
    assert pages[-1].end == len(recordings[name])
    assert [page.number for page in pages] == list(range(len(pages)))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("kind", ["one bit", "many bytes", "header", "page lost", "page twice", "bytes put in"])
def test_windows_are_those_of_the_undamaged_file_or_refused(
    tmp_path: Path, recordings: dict[str, bytes], name: str, kind: str
) -> None:
    content = recordings[name]
    page = middle_page(content)
    at, lost = page.begin + 100, 300
    whole = windows(damaged(tmp_path / name, content, 0, 0, b""))
    begin, end, instead = {
        "one bit": (at, at + 1, bytes([content[at] ^ 8])),
        "many bytes": (at, at + lost, bytes(byte ^ 0x55 for byte in content[at : at + lost])),
        "header": (page.begin, page.begin + 4, b"oGgS"),
        "page lost": (page.begin, page.end, b""),
        "page twice": (page.begin, page.begin, content[page.begin : page.end]),
        "bytes put in": (page.begin, page.begin, b"OggS\0 and other bytes that are no page"),
    }[kind]
    found = windows(damaged(tmp_path / name, content, begin, end, instead))
    for start, window in found.items():
        np.testing.assert_array_equal(window, whole[start])
    refused = sorted(whole.keys() - found.keys())
    middle = middle_page(content).position * (RATE / 48_000 if name == "a.opus" else 1)
    assert middle - 2 * RATE < refused[0] < middle + STEP
    assert refused == list(range(refused[0], refused[-1] + 1, STEP))
    assert refused[-1] < max(whole)


@pytest.mark.parametrize("name", NAMES)
def test_damage_of_the_first_sound_refuses_all_and_of_the_last_the_file(
    tmp_path: Path, recordings: dict[str, bytes], name: str
) -> None:
    content = recordings[name]
    pages = list(sound_pages(content))
    first = next(page for page in pages if page.position)
    assert windows(damaged(tmp_path / name, content, first.end - 9, first.end, bytes(9))) == {}
    last = pages[-1]
    path = damaged(tmp_path / name, content, last.end - 9, last.end, bytes(9))
    with pytest.raises(DamagedDataError, match=rf"{name}: .* do not end with a stream's last page"):
        read_header(path)


def test_damage_is_told_with_its_byte_and_its_samples(tmp_path: Path, recordings: dict[str, bytes]) -> None:
    content = recordings["a.ogg"]
    pages = list(sound_pages(content))
    page = pages[6]
    path = damaged(tmp_path / "a.ogg", content, page.begin + 50, page.begin + 51, b"")
    (damage,) = find_damage(path, length=LENGTH, sample_rate=RATE, positions_per_s=RATE)
    assert damage == OggDamage(page.begin, pages[5].position - 1, pages[10].position)
    expected = f"{path}: damaged at byte {page.begin}, {damage.begin / RATE:.3f} s "
    with pytest.raises(DamagedDataError) as raised:
        AudioDecoder().read(path, read_header(path), damage.begin, damage.begin + 1)
    assert str(raised.value).startswith(expected)
    broken = hear(FoundFile(path, "a.ogg"))
    assert isinstance(broken, BrokenRecording)
    assert broken.fault.startswith(expected)


def test_many_damages_are_kept_as_few(tmp_path: Path, recordings: dict[str, bytes]) -> None:
    content = recordings["a.ogg"]
    pages = list(sound_pages(content))
    # four sound pages after each damage, so that one does not run into the next
    group = b"".join(content[page.begin : page.end] for page in pages[3:7])
    path = tmp_path / "a.ogg"
    path.write_bytes(content[: pages[7].begin] + group * 100 + content[pages[7].begin :])
    damages = find_damage(path, length=LENGTH, sample_rate=RATE, positions_per_s=RATE)
    assert len(damages) == 64
    assert damages[-1].end == LENGTH


@pytest.mark.parametrize("name", NAMES)
def test_random_damage_never_changes_a_window(tmp_path: Path, recordings: dict[str, bytes], name: str) -> None:
    content = recordings[name]
    whole = windows(damaged(tmp_path / name, content, 0, 0, b""))
    rng = np.random.default_rng(0)
    caught = 0
    for _ in range(6):
        at = int(rng.integers(5000, len(content) - 20_000))
        instead = rng.integers(0, 256, int(rng.choice([1, 50, 3000])), dtype=np.uint8).tobytes()
        found = windows(damaged(tmp_path / name, content, at, at + int(rng.integers(0, 4000)), instead))
        caught += len(found) < len(whole)
        for start, window in found.items():
            np.testing.assert_array_equal(window, whole[start])
    assert caught == 6
