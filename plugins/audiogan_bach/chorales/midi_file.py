"""A performance as a Standard MIDI File."""

from __future__ import annotations

from typing import Any

from audiogan_bach.chorales.performance import Performance

_TICKS_A_SECOND = 1000
_ACOUSTIC_GRAND_PIANO = 0


def midi_file(performance: Performance) -> bytes:
    """One track on channel 1, in ticks of a millisecond, that lasts as long as the performance."""
    from music21 import midi

    track = midi.MidiTrack(1)
    # at one tick a release comes before a strike, which may be of the same key
    events = sorted(
        event
        for strike in performance.strikes
        for event in (
            (_tick(strike.onset), 1, strike.pitch, strike.velocity),
            (_tick(strike.release), 0, strike.pitch, 0),
        )
    )
    _add(track, 0, midi.MetaEvents.SET_TEMPO, data=(1_000_000).to_bytes(3, "big"))
    _add(track, 0, midi.ChannelVoiceMessages.PROGRAM_CHANGE, data=_ACOUSTIC_GRAND_PIANO)
    now = 0
    for tick, is_strike, pitch, velocity in events:
        kind = midi.ChannelVoiceMessages.NOTE_ON if is_strike else midi.ChannelVoiceMessages.NOTE_OFF
        _add(track, tick - now, kind, pitch=pitch, velocity=velocity)
        now = tick
    _add(track, _tick(performance.duration_s) - now, midi.MetaEvents.END_OF_TRACK, data=b"")
    file = midi.MidiFile()
    file.format, file.ticksPerQuarterNote, file.tracks = 0, _TICKS_A_SECOND, [track]
    content: bytes = file.writestr()
    return content


def _tick(seconds: float) -> int:
    return round(seconds * _TICKS_A_SECOND)


def _add(track: Any, delta: int, kind: Any, **values: Any) -> None:
    from music21 import midi

    event = midi.MidiEvent(track)
    event.type, event.channel = kind, 1
    for name, value in values.items():
        setattr(event, name, value)
    track.events += [midi.DeltaTime(track, time=delta), event]
