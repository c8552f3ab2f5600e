"""A program that takes fluidsynth's place on the path: it plays every key of a MIDI file as a sine."""

from __future__ import annotations

import struct
import sys
from pathlib import Path

import pytest

_PROGRAM = """\
#!{python}
import sys
arguments = sys.argv[1:]
if arguments == ["--version"]:
    print("FluidSynth runtime version 9.8.7\\nCopyright")
    sys.exit()
import time
import numpy, soundfile
from music21 import midi
output, rate = arguments[arguments.index("-F") + 1], int(arguments[arguments.index("-r") + 1])
soundfont, score = arguments[-2:]
instructions = dict(line.split("=") for line in open(soundfont, "rb").read()[12:].decode().split())
time.sleep(float(instructions.get("sleep", 0)))
if "fail" in instructions:
    sys.exit("fluidsynth: error: " + instructions["fail"])
if "complain" in instructions:
    print("fluidsynth: " + instructions["complain"].replace("_", " "), file=sys.stderr)
file = midi.MidiFile()
file.readstr(open(score, "rb").read())
now, on, notes = 0, {{}}, []
for event in file.tracks[0].events:
    if isinstance(event, midi.DeltaTime):
        now += event.time
    elif event.isNoteOn():
        on[event.pitch] = now
    elif event.isNoteOff():
        notes.append((on.pop(event.pitch), now, event.pitch))
times = numpy.arange(int((now / 1000 + 2) * rate)) / rate
sound = numpy.zeros_like(times)
for start, stop, pitch in notes:
    begin, end = start * rate // 1000, stop * rate // 1000
    sound[begin:end] += numpy.sin(2 * numpy.pi * 440 * 2 ** ((pitch - 69) / 12) * times[begin:end])
gain = float(instructions.get("gain", 1))
soundfile.write(output, numpy.stack([sound, 0.5 * sound], 1) * gain, rate, "FLOAT", format="WAV")
"""


def install(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Puts the program first on the path and returns its SoundFont, which has no instructions at first."""
    program = folder / "bin" / "fluidsynth"
    program.parent.mkdir()
    program.write_text(_PROGRAM.format(python=sys.executable))
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(program.parent), prepend=":")
    soundfont = folder / "piano.sf2"
    write_soundfont(soundfont)
    return soundfont


def write_soundfont(path: Path, instructions: str = "") -> None:
    """A SoundFont's header, followed by instructions to the program in place of sounds."""
    content = instructions.encode()
    path.write_bytes(struct.pack("<4sI4s", b"RIFF", 4 + len(content), b"sfbk") + content)
