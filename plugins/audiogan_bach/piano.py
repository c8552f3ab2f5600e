"""A small additive piano: damped inharmonic partials, no samples, no noise generators, no filters.

A strike of MIDI pitch ``p`` is a sum of damped sinusoids:

- Partial ``n`` lies at ``n f0 sqrt(1 + B n^2)``, the stiff string of Fletcher, Blackham and Stratton, "Quality of piano
  tones", JASA 34 (1962), with ``B`` from :func:`inharmonicity` and ``f0`` such that the first partial is in equal
  temperament. Partials beyond 0.45 of the sample rate are left out, so that nothing can alias.
- Each partial decays in two stages, as Weinreich, "Coupled piano strings", JASA 62 (1977), explains: 0.7 of it at
  three times the rate of the rest, which is detuned by a fraction of a cent. Higher partials and higher keys decay
  sooner.
- A harder strike is louder and brighter. A hammer at one eighth of the string leaves every eighth partial weak.
- Six heavily damped modes of the soundboard make the knock of the attack; a raised-cosine ramp of a few milliseconds
  makes it free of clicks, and an exponential damper with a fade to zero the release.

Strengths, phases, tuning and knock differ a little from strike to strike, as the random generator says.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import final

import numpy as np
from attrs import frozen
from numpy.typing import NDArray

HIGHEST_FREQUENCY = 0.45
"""Of the sample rate; partials above it are left out."""

MOST_PARTIALS = 32
_FAST_SHARE, _FAST_RATE = 0.7, 3.0
_DETUNING_CENTS = 0.3
_HAMMER_POSITION = 1 / 8
_KNOCK_MODES, _KNOCK_LEVEL = 6, 0.12
_RELEASE_TIME_CONSTANTS = 6
_BLOCK = 128


@final
@frozen
class Strike:
    """A key struck at ``onset`` whose strings sound freely until the damper falls on them at ``damping``.

    Both are seconds from the start of the performance; the damper falls when the key and the pedal are up.
    ``velocity`` lies between 0 and 1.
    """

    pitch: int
    onset: float
    damping: float
    velocity: float


@final
@frozen(eq=False)
class Sinusoids:
    """Damped sinusoids: frequency in Hz, decay rate in 1/s, amplitude and phase in radians, each ``[count]``."""

    frequency: NDArray[np.float64]
    decay: NDArray[np.float64]
    amplitude: NDArray[np.float64]
    phase: NDArray[np.float64]


def fundamental(pitch: int) -> float:
    """The frequency of the first partial in Hz: equal temperament, A4 = 440 Hz."""
    return float(440 * 2 ** ((pitch - 69) / 12))


def inharmonicity(pitch: int) -> float:
    """The stiffness ``B`` of a key's strings: 7e-5 at C2, doubled every nine semitones."""
    return float(7e-5 * 2 ** ((pitch - 36) / 9))


def decay_time(pitch: int) -> float:
    """Seconds in which the slow stage of the first partial falls by 60 dB: 20 at C2, halved every 22 semitones."""
    return float(20 * 2 ** (-(pitch - 36) / 22))


def damper_time(pitch: int) -> float:
    """Seconds in which a damper brings the strings down to 1/e: 0.09 at C2, towards 0.035 in the treble."""
    return float(0.035 + 0.055 * 2 ** (-(pitch - 36) / 18))


def partial_frequencies(pitch: int, *, sample_rate: int) -> NDArray[np.float64]:
    """The partials in Hz that a rate can carry, at most :data:`MOST_PARTIALS`."""
    stiffness = inharmonicity(pitch)
    number = np.arange(1, MOST_PARTIALS + 1)
    frequency = fundamental(pitch) * number * np.sqrt((1 + stiffness * number**2) / (1 + stiffness))
    return np.asarray(frequency[frequency < HIGHEST_FREQUENCY * sample_rate])


def string_sinusoids(strike: Strike, *, sample_rate: int, rng: np.random.Generator) -> Sinusoids:
    """The partials of the strings, the fast stage of all of them first, then the slow stage."""
    frequency = partial_frequencies(strike.pitch, sample_rate=sample_rate)
    number = np.arange(1, len(frequency) + 1)
    brightness = 900 + 2600 * strike.velocity
    strength = (0.06 + np.abs(np.sin(np.pi * number * _HAMMER_POSITION))) * 10 ** (-frequency / brightness)
    # A soundboard radiates badly below its lowest modes.
    strength *= frequency / np.hypot(frequency, 90)
    strength *= rng.uniform(0.85, 1.15, len(number))
    strength *= strike.velocity**1.3 / np.sqrt(np.sum(strength**2))
    rate = np.log(1000) / decay_time(strike.pitch) * (1 + (frequency - frequency[0]) / 2000)
    detuned = frequency * 2 ** (rng.normal(0, _DETUNING_CENTS, len(number)) / 1200)
    phase = rng.uniform(-np.pi, np.pi, len(number))
    return Sinusoids(
        frequency=np.concatenate([frequency, detuned]),
        decay=np.concatenate([rate * _FAST_RATE, rate]),
        amplitude=np.concatenate([strength * _FAST_SHARE, strength * (1 - _FAST_SHARE)]),
        phase=np.concatenate([phase, phase]),
    )


def knock_sinusoids(strike: Strike, *, rng: np.random.Generator) -> Sinusoids:
    """The modes of the soundboard that the hammer's blow sets off, between 80 and 1600 Hz, gone within 0.2 s."""
    frequency = 80 * 20 ** rng.uniform(0, 1, _KNOCK_MODES)
    return Sinusoids(
        frequency=frequency,
        decay=rng.uniform(35, 90, _KNOCK_MODES),
        amplitude=rng.uniform(0.3, 1, _KNOCK_MODES) * _KNOCK_LEVEL * strike.velocity**1.6,
        phase=rng.uniform(-np.pi, np.pi, _KNOCK_MODES),
    )


def sum_sinusoids(sinusoids: Sinusoids, length: int, *, sample_rate: int) -> NDArray[np.float32]:
    """The sum of damped sines over ``length`` samples.

    Powers of a complex number split into a block's start and the place within the block, so that the sum over the
    sinusoids becomes one matrix product, many times faster than a sine for each sample.
    """
    step: NDArray[np.complex128] = np.empty(len(sinusoids.frequency), dtype=np.complex128)
    step.real = -sinusoids.decay / sample_rate
    step.imag = 2 * np.pi * sinusoids.frequency / sample_rate
    blocks = -(-length // _BLOCK)
    start = (sinusoids.amplitude * np.exp(1j * sinusoids.phase)) * _powers(step * _BLOCK, blocks)
    place = _powers(step, _BLOCK)
    # The imaginary part of the product, as one real product.
    left = np.concatenate([start.imag, start.real], axis=1).astype(np.float32)
    right = np.concatenate([place.real, place.imag], axis=1).astype(np.float32)
    return np.asarray(left @ right.T).reshape(-1)[:length]


def strike_samples(strike: Strike, *, sample_rate: int, rng: np.random.Generator) -> NDArray[np.float32]:
    """The sound of one strike from its onset until the damper has silenced it: it starts and ends at zero."""
    length = _sounding(strike, sample_rate)
    time_constant = damper_time(strike.pitch) * sample_rate
    damped = round(_RELEASE_TIME_CONSTANTS * time_constant)
    free = length - damped
    strings = string_sinusoids(strike, sample_rate=sample_rate, rng=rng)
    samples = sum_sinusoids(strings, length, sample_rate=sample_rate)
    knock_length = min(round(0.2 * sample_rate), len(samples))
    knock = sum_sinusoids(knock_sinusoids(strike, rng=rng), knock_length, sample_rate=sample_rate)
    samples[:knock_length] += knock * _falling(knock_length)
    attack = min(round((0.0045 - 0.002 * strike.velocity) * sample_rate), free)
    samples[:attack] *= _falling(attack)[::-1]
    damping = np.exp(-np.arange(damped) / time_constant).astype(np.float32)
    samples[free:] *= damping * _falling(damped)
    return samples


def play(strikes: Sequence[Strike], *, sample_rate: int, rng: np.random.Generator) -> NDArray[np.float32]:
    """The sum of all strikes (one at least), unscaled, as long as the last of them sounds.

    The same strikes, rate and generator state give the same samples bit for bit with one build of numpy on one kind
    of processor; elsewhere rounding may differ in the last place.
    """
    length = max(_onset(strike, sample_rate) + _sounding(strike, sample_rate) for strike in strikes)
    total = np.zeros(length, dtype=np.float32)
    for strike in sorted(strikes, key=lambda strike: (strike.onset, strike.pitch)):
        samples = strike_samples(strike, sample_rate=sample_rate, rng=rng)
        onset = _onset(strike, sample_rate)
        total[onset : onset + len(samples)] += samples
    return total


def _onset(strike: Strike, sample_rate: int) -> int:
    return round(strike.onset * sample_rate)


def _sounding(strike: Strike, sample_rate: int) -> int:
    """Samples from the onset until the damper has done its work."""
    free = max(round((strike.damping - strike.onset) * sample_rate), 1)
    return free + round(_RELEASE_TIME_CONSTANTS * damper_time(strike.pitch) * sample_rate)


def _powers(exponent: NDArray[np.complex128], count: int) -> NDArray[np.complex128]:
    """``exp(exponent * i)`` for i below ``count``, ``[count, exponents]``, at the cost of few exponentials."""
    inner = max(round(np.sqrt(count)), 1)
    outer = -(-count // inner)
    fine = np.exp(np.arange(inner)[:, None] * exponent)
    coarse = np.exp(inner * np.arange(outer)[:, None] * exponent)
    return np.asarray(coarse[:, None, :] * fine[None, :, :]).reshape(outer * inner, -1)[:count]


def _falling(count: int) -> NDArray[np.float32]:
    """A raised cosine from 1 to 0."""
    return (0.5 + 0.5 * np.cos(np.pi * np.arange(1, count + 1) / max(count, 1))).astype(np.float32)
