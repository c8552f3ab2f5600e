"""The melody of a chorale: its highest voice as written."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree
from zipfile import BadZipFile, ZipFile

from audiogan.errors import DataError

_VOICE = "soprano"
_SEMITONES = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}


def soprano(path: Path) -> tuple[int, ...]:
    """The pitches, as MIDI's numbers, of the highest voice of a MusicXML file, compressed or not.

    Tied notes are one, grace notes are left out, and repeats are not played. music21, which reads all voices and all
    that belongs to them, would take ten times as long for the corpus.
    Source: MusicXML 4.0, https://www.w3.org/2021/06/musicxml40/.

    :raises DataError: the file cannot be read.
    """
    try:
        score = ElementTree.fromstring(_content(path))  # noqa: S314 - of an installed package, whose code runs as well
        names = {part.get("id"): part.findtext("part-name") or "" for part in score.iter("score-part")}
        parts = score.findall("part")
        named = (part for part in parts if names.get(part.get("id"), "").casefold().startswith(_VOICE))
        return tuple(_pitch(note) for note in next(named, parts[0]).iter("note") if _is_struck(note))
    except (OSError, BadZipFile, ElementTree.ParseError, LookupError, ValueError) as error:
        raise DataError(f"{path}: its melody cannot be read ({error!r}); install music21 anew with pip") from error


def _content(path: Path) -> bytes:
    if path.suffix != ".mxl":
        return path.read_bytes()
    with ZipFile(path) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith("xml") and not name.startswith("META-INF/"))
        return archive.read(name)


def _is_struck(note: ElementTree.Element) -> bool:
    is_tied_to_the_last = any(tie.get("type") == "stop" for tie in note.findall("tie"))
    is_alone = note.find("chord") is None and note.find("grace") is None
    return note.find("pitch") is not None and is_alone and not is_tied_to_the_last


def _pitch(note: ElementTree.Element) -> int:
    step, octave = note.findtext("pitch/step", ""), note.findtext("pitch/octave", "")
    return 12 * (int(octave) + 1) + _SEMITONES[step] + round(float(note.findtext("pitch/alter", "0")))
