"""The dataset ``bach-piano``."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import final

import attrs
import numpy as np
from attrs import frozen

from audiogan.data.record_list import find_shards, open_shards
from audiogan.data.window import cut_window, random_start
from audiogan.interfaces.dataset import Dataset, Window
from audiogan.options import option
from audiogan_bach.bass import PITCH_CLASSES, bass_shares, hop_length
from audiogan_bach.collection import rendered_collection
from audiogan_bach.plan import Plan, standard_plan
from audiogan_bach.recording import BASS_FEATURE, clip_hops


@final
@frozen
class BachPianoDatasetOptions:
    """Options of ``bach-piano``."""

    sample_rate: int = option(
        default=16_000, minimum=8_000, maximum=48_000, unit="Hz", help="rate at which the recordings are rendered"
    )
    window_length: int = option(
        default=16_384,
        minimum=1,
        unit="samples",
        help="length of a window; clips last 1.5 s, or as long as a window where that is longer",
    )
    window: str = option(default="random", choices=("random", "first"), help="which window of a clip")


@final
class BachPianoDataset(Dataset):
    """Bach at the piano: a few keyboard pieces, rendered in several keys by a synthesiser into TFRecord clips.

    The recordings are made when a dataset is first built and kept in the user's cache folder. A window's label is the
    pitch class that is the lowest note sounding for the largest part of it; of equals, the lower counted from C.

    :raises DataError: the recordings cannot be kept in the cache, or are damaged there.
    """

    options_class = BachPianoDatasetOptions
    channels = 1
    class_names = PITCH_CLASSES

    def __init__(self, options: BachPianoDatasetOptions, *, plan: Plan | None = None, part: str = "train") -> None:
        """``plan`` chooses other renditions than the standard ones; ``part`` is ``"train"`` or ``"test"``."""
        self.sample_rate = options.sample_rate
        self.window_length = options.window_length
        self._options = options
        self._plan = plan if plan is not None else standard_plan()
        self._part = part
        folder = rendered_collection(
            self._plan,
            sample_rate=options.sample_rate,
            hops=clip_hops(options.window_length, sample_rate=options.sample_rate),
        )
        self._records = open_shards(find_shards([str(folder / f"{part}-*.tfrecord")]))

    def __len__(self) -> int:
        return len(self._records)

    def window(self, index: int, *, rng: np.random.Generator) -> Window:
        """The window of clip ``index``: it starts where ``rng`` says, or at 0 where ``window`` is ``"first"``.

        :raises DataError: the record is damaged.
        """
        example = self._records.example(index)
        samples = example.floats("samples")[None]
        start = 0
        if self._options.window == "random":
            start = random_start(samples.shape[1], self.window_length, rng=rng)
        shares = bass_shares(
            example.integers(BASS_FEATURE), start, self.window_length, hop=hop_length(self.sample_rate)
        )
        return Window(cut_window(samples, start, self.window_length), int(np.argmax(shares)))

    def fingerprint(self) -> str:
        """A SHA-256 over the records' checksums and the options."""
        described = json.dumps([self._records.content_hash(), attrs.asdict(self._options)], sort_keys=True)
        return sha256(described.encode()).hexdigest()

    def held_out(self) -> BachPianoDataset | None:
        """The clips of the held-out renditions with the same options; they themselves hold out nothing."""
        if self._part != "train":
            return None
        return BachPianoDataset(self._options, plan=self._plan, part="test")
