"""The dataset ``audio-folder``."""

from __future__ import annotations

import json
from hashlib import sha256
from math import inf
from typing import Any, final

import attrs
import numpy as np
from numpy.typing import NDArray

from audiogan import Dataset, Window
from audiogan.audio import RESAMPLER, level_dbfs, resampler_with_version
from audiogan.data import Place, Places, RandomPlaces, all_places, content_digests, first_places
from audiogan_datasets.audio_folder.material import Material, Parts, gather
from audiogan_datasets.audio_folder.options import AudioFolderDatasetOptions
from audiogan_datasets.audio_folder.reading import PlaceReader, loud_places, padded

_DRAWS = 32
_PATHS = ("path", "held_out_path", "held_out_pattern", "held_out_share")
_LABELS = ("label_folder", "label_pattern", "label_table", "file_column", "label_column")


@final
class AudioFolderDataset(Dataset):
    """Windows of the recordings in a folder, whatever their format, rate and number of channels.

    At the start headers are read, and MP3, Vorbis and Opus decoded once into the cache folder; later only what a window
    needs. An epoch has one window for each
    recording that is no longer than a window, and for the longer ones together as many windows as would cover them once
    (``window = "random"``); one for each recording (``"first"``); or all windows there are (``"all"``).

    :raises DataError: there are no recordings, or not such as the options ask for.
    :raises DamagedDataError: a recording's header cannot be read, and ``on_error`` is not ``"skip"``.
    """

    options_class = AudioFolderDatasetOptions

    def __init__(self, options: AudioFolderDatasetOptions, *, material: Material | None = None) -> None:
        """``material`` takes the place of what the options' paths hold."""
        self.sample_rate = options.sample_rate
        self.channels = options.channels
        self.window_length = options.window_length
        self.on_error = options.on_error
        self._options = options
        self._fingerprint: str | None = None
        parts = gather(options) if material is None else Parts(material, None)
        self._material, self._held_out = parts.train, parts.held_out
        self._classes = self._material.classes
        if self._classes is not None:
            self.class_names = self._classes.names
        self._reader = PlaceReader(self._material.recordings, options.window_length, normalize=options.normalize)
        self._places = self._choose_places()

    def __len__(self) -> int:
        return len(self._places)

    def window(self, index: int, *, rng: np.random.Generator) -> Window:
        """The window at ``index``; where it starts, and where it is random also its recording, is up to ``rng``.

        A random window that is too quiet is drawn again from all places; of 32 that are, the loudest is taken.

        :raises DamagedDataError: the recording is damaged there.
        :raises DataError: the recording is no longer there, or goes beyond full scale.
        """
        place = self._places.place(index, rng=rng)
        samples = self._reader.read(place)
        if self._options.window == "random" and self._options.minimum_level_dbfs is not None:
            place, samples = self._loud_enough(place, samples, self._options.minimum_level_dbfs, rng)
        label = None if self._classes is None else self._classes.of(place.recording)
        window = padded(samples, self.window_length, self._options.padding)
        return Window(np.ascontiguousarray(window), label)

    def fingerprint(self) -> str:
        """A SHA-256 over the recordings' contents in order, their labels, and every option that changes a window.

        Every byte is read when it is first asked for, unless the cache folder has the digest of a file that has not
        changed since, see :func:`audiogan.data.content_digests`.

        :raises DataError: a recording cannot be read.
        """
        if self._fingerprint is None:  # what is read of a file that changes later is an error
            self._fingerprint = self._content_hash()
        return self._fingerprint

    def _content_hash(self) -> str:
        content_options = attrs.asdict(
            self._options, filter=lambda field, _: field.name not in (*_PATHS, *_LABELS, "on_error", "decoded_cache_gb")
        )
        labels = None if self._classes is None else self._classes.indices.tolist()
        contents = content_digests(recording.path for recording in self._material.recordings)
        described = json.dumps([contents, labels, self.class_names, RESAMPLER, content_options], sort_keys=True)
        return sha256(described.encode()).hexdigest()

    def protocol(self) -> dict[str, Any]:
        """How many recordings there are, at which rates, and how many are resampled by what; with those held out."""
        held_out = () if self._held_out is None else self._held_out.recordings
        rates = [recording.header.sample_rate for recording in (*self._material.recordings, *held_out)]
        resampled = sum(rate != self.sample_rate for rate in rates)
        return {
            "files": len(rates),
            "sample_rates": sorted(set(rates)),
            "files_resampled": resampled,
            "resampler": resampler_with_version() if resampled else None,
        }

    def held_out(self) -> AudioFolderDataset | None:
        """The recordings set aside, with the same options and classes, or ``None`` where no option sets any aside."""
        if self._held_out is None:
            return None
        return AudioFolderDataset(self._options, material=self._held_out)

    def _choose_places(self) -> Places:
        lengths = [recording.length for recording in self._material.recordings]
        if self._options.window == "random":
            return RandomPlaces(lengths, self.window_length)
        if self._options.window == "first":
            places = first_places(lengths)
        else:
            hop = max(1, round(self.window_length * (1 - self._options.overlap)))
            places = all_places(lengths, self.window_length, hop=hop)
        if self._options.minimum_level_dbfs is None:
            return places
        return loud_places(places, self._reader, self._options.minimum_level_dbfs, on_error=self.on_error)

    def _loud_enough(
        self, place: Place, samples: NDArray[np.float32], minimum_level_dbfs: float, rng: np.random.Generator
    ) -> tuple[Place, NDArray[np.float32]]:
        loudest, loudest_level = (place, samples), -inf
        for draw in range(_DRAWS):
            level = level_dbfs(samples)
            if level >= minimum_level_dbfs:
                return place, samples
            if level > loudest_level:
                loudest, loudest_level = (place, samples), level
            if draw < _DRAWS - 1:
                place = self._places.place(int(rng.integers(len(self))), rng=rng)
                samples = self._reader.read(place)
        return loudest
