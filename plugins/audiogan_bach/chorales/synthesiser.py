"""fluidsynth with a SoundFont: MIDI to sound."""

from __future__ import annotations

import os
import shutil
import struct
import subprocess
from hashlib import file_digest
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO, final

import numpy as np
from attrs import frozen
from numpy.typing import NDArray

from audiogan.audio.files import read_audio
from audiogan.errors import DataError

SAMPLE_RATE = 44_100
"""Of what fluidsynth plays, in Hz: that of the recordings in most SoundFonts."""

_PROGRAM = "fluidsynth"
_SETTINGS = (
    *("-q", "-n", "-i", "-C", "0", "-R", "1", "-g", "1", "-r", str(SAMPLE_RATE), "-T", "wav", "-O", "float"),
    *("-o", "synth.default-soundfont="),
)
"""Without chorus, which would detune the piano; with the reverberation of a room; in floats, which nothing clips; and
without the SoundFont that fluidsynth would take in place of one that it cannot load."""
_COMPLAINTS = (": error:", ": panic:", "Failed to load the SoundFont", "not a SoundFont")
"""Of fluidsynth's standard error; its status is 0 even if it could not load what it was given."""
_RIFF_HEADER = struct.Struct("<4sI4s")
"""Of every SoundFont: ``RIFF``, how many bytes follow, ``sfbk``."""

_FOLDERS = (
    "/usr/share/sounds/sf2",
    "/usr/share/soundfonts",
    "/usr/local/share/soundfonts",
    "/opt/homebrew/share/soundfonts",
)
_NAMES = ("FluidR3_GM.sf2", "default-GM.sf2", "default.sf2", "*.sf2", "*.sf3")
_INSTALL_PROGRAM = "Debian: apt install fluidsynth; macOS: brew install fluid-synth"
_OTHER_SOUNDFONT = "give another SoundFont with --soundfont, or install this one anew"
_INSTALL_SOUNDFONT = "Debian: apt install fluid-soundfont-gm; elsewhere: give a General MIDI SoundFont with --soundfont"


@final
@frozen
class Synthesiser:
    """An installed fluidsynth and the SoundFont that it plays."""

    program: str
    version: str
    soundfont: Path
    soundfont_sha256: str

    def play(self, midi: bytes) -> NDArray[np.float32]:
        """The sound ``[2, length]`` of a MIDI file at :data:`SAMPLE_RATE`; it may leave [-1, 1].

        :raises DataError: fluidsynth fails or cannot load the SoundFont, or that has no sound for the file's
            instrument.
        """
        with TemporaryDirectory(prefix="audiogan-") as name:
            score, sound = Path(name) / "score.mid", Path(name) / "sound.wav"
            score.write_bytes(midi)
            done = _run(self.program, *_SETTINGS, "-F", str(sound), str(self.soundfont), str(score))
            if done.returncode != 0 or not sound.is_file():
                raise DataError(f"{self.program}: ended with status {done.returncode}: {_last_line(done)}")
            complaint = _complaint(done)
            if complaint:
                raise DataError(f"{self.soundfont}: {_PROGRAM} cannot play with it ({complaint}); {_OTHER_SOUNDFONT}")
            waveform, sample_rate = read_audio(sound)
        if sample_rate != SAMPLE_RATE or waveform.shape[0] != 2:
            raise DataError(
                f"{self.program}: played {waveform.shape[0]} channels at {sample_rate} Hz where 2 at {SAMPLE_RATE} Hz "
                "were asked for; install another version"
            )
        if not waveform.any():
            raise DataError(
                f"{self.soundfont}: {_PROGRAM} plays silence with it; give a SoundFont with a piano as its first "
                "instrument, with --soundfont"
            )
        return waveform


def find_synthesiser(soundfont: Path | None) -> Synthesiser:
    """The fluidsynth on the path, with ``soundfont`` or, where that is ``None``, the first of the usual places.

    :raises DataError: either is missing, and the text says what to install; or the file is no whole SoundFont.
    """
    program = shutil.which(_PROGRAM)
    if program is None:
        raise DataError(f"the program {_PROGRAM}, which plays the chorales, is not installed; {_INSTALL_PROGRAM}")
    path = _installed_soundfont() if soundfont is None else soundfont
    try:
        with path.open("rb") as file:
            _check_soundfont(file, path)
            digest = file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise DataError(f"{path}: the SoundFont cannot be read ({error.strerror}); check --soundfont") from error
    lines = _run(program, "--version").stdout.splitlines()
    return Synthesiser(program, lines[0].rpartition(" ")[2] if lines else "unknown", path, digest)


def _check_soundfont(file: BinaryIO, path: Path) -> None:
    """Looks at the header alone, and leaves ``file`` at its beginning.

    Source: the SoundFont 2.04 specification, section 4, and for the chunk's size the RIFF specification.
    """
    header = file.read(_RIFF_HEADER.size)
    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    if len(header) < _RIFF_HEADER.size or (header[:4], header[8:]) != (b"RIFF", b"sfbk"):
        raise DataError(f"{path}: is not a SoundFont, which begins with RIFF and sfbk; {_OTHER_SOUNDFONT}")
    stated = 8 + _RIFF_HEADER.unpack(header)[1]
    if stated > size:
        raise DataError(f"{path}: is cut short: {size} bytes of the {stated} that it states; {_OTHER_SOUNDFONT}")


def _installed_soundfont() -> Path:
    for pattern in _NAMES:
        for folder in _FOLDERS:
            found = sorted(Path(folder).glob(pattern))
            if found:
                return found[0]
    raise DataError(
        f"no SoundFont is installed, which holds the sound of a piano (looked in {', '.join(_FOLDERS)}); "
        f"{_INSTALL_SOUNDFONT}"
    )


def _run(program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    # in a session of its own, where Ctrl-C does not reach it
    return subprocess.run(  # noqa: S603 - the user's own program
        [program, *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
        start_new_session=True,
    )


def _last_line(done: subprocess.CompletedProcess[str]) -> str:
    lines = (done.stderr + done.stdout).strip().splitlines()
    return lines[-1] if lines else "it says nothing"


def _complaint(done: subprocess.CompletedProcess[str]) -> str:
    lines = map(str.strip, done.stderr.splitlines())
    return next((line for line in lines if any(complaint in line for complaint in _COMPLAINTS)), "")
