"""Clips in TFRecord files, in the schema of the original WaveGAN or in any other with one list of samples a record."""

from __future__ import annotations

import json
from collections.abc import Callable
from hashlib import sha256
from typing import Any, Literal, final

import attrs
import numpy as np
from attrs import frozen
from numpy.typing import NDArray

from audiogan.data.damage import tell_damage
from audiogan.data.record_list import RecordList, find_shards, open_shards, survey_shards
from audiogan.data.window import random_start, write_window
from audiogan.errors import DataError
from audiogan.interfaces.dataset import Dataset, Window
from audiogan.options import option
from audiogan_datasets.tfrecord_labels import read_labels
from audiogan_datasets.tfrecord_origin import origins
from audiogan_datasets.tfrecord_samples import Samples


@final
@frozen
class TFRecordDatasetOptions:
    """Options of ``tfrecord``."""

    path: str | tuple[str, ...] = option(help="glob pattern of the shards, or a list of patterns")
    held_out_path: str | tuple[str, ...] | None = option(
        default=None, help="glob pattern, or patterns, of shards set aside for testing classifiers"
    )
    sample_rate: int = option(default=16_000, minimum=1, unit="Hz", help="rate of the stored samples")
    channels: int = option(default=1, minimum=1, help="channels, stored interleaved")
    window_length: int = option(default=16_384, minimum=1, unit="samples", help="length of a window")
    window: str = option(
        default="random",
        choices=("random", "first"),
        help="which window of a longer clip; a shorter clip is followed by zeros",
    )
    feature: str = option(default="samples", help="name of the feature that holds the samples")
    feature_kind: str = option(
        default="float",
        choices=("float", "int64", "bytes"),
        help="float in [-1, 1]; int64: 16-bit integers; bytes: 16-bit little-endian PCM; both divided by 32768",
    )
    label_feature: str | None = option(
        default=None,
        help="name of the feature that holds the class, a byte string or an integer; the original's: label",
    )
    normalize: bool = option(default=False, help="scale each clip so that its peak is 1")
    out_of_range: str = option(
        default="stop", choices=("stop", "clip"), help="what to do about samples outside [-1, 1]"
    )
    compression: Literal["auto", "none", "gzip", "zlib"] = option(
        default="auto", choices=("auto", "none", "gzip", "zlib"), help="of the shards; auto: told by their first bytes"
    )
    on_error: str = option(
        default="stop",
        choices=("stop", "skip"),
        help="what to do about damaged records: stop, or skip them, say where, and count them",
    )


_NOT_CONTENT = ("path", "held_out_path", "compression", "on_error")


@final
class TFRecordDataset(Dataset):
    """One window a record of the shards that match ``path``, in the order of their sorted paths.

    Where labels are asked for, every record is read once to learn them. With ``on_error = "skip"`` the records behind
    a damaged frame are no part of the dataset, since nothing says where they begin; a record whose data are damaged is
    part of it, and has no window to give.

    :raises DamagedDataError: a file is damaged, unless damage is to be skipped.
    :raises DataError: no file matches, a label is missing, or a shard is both trained on and held out.
    """

    options_class = TFRecordDatasetOptions

    def __init__(self, options: TFRecordDatasetOptions, *, class_names: tuple[str, ...] | None = None) -> None:
        """``class_names`` fixes the classes; without it they are those that occur in the data, sorted."""
        self.sample_rate = options.sample_rate
        self.channels = options.channels
        self.window_length = options.window_length
        self.on_error = options.on_error
        self._options = options
        self._records = _open(options)
        self._samples = Samples(
            options.feature, options.feature_kind, options.channels, options.normalize, options.out_of_range == "clip"
        )
        # A record's checksum says that its samples are those whose range was found right before.
        self._within_range = bytearray(len(self._records))
        self._labels = None
        if options.label_feature is not None:
            self._labels = read_labels(self._records, options.label_feature, class_names, on_error=options.on_error)
            self.class_names = self._labels.names

    def __len__(self) -> int:
        return len(self._records)

    def window(self, index: int, *, rng: np.random.Generator) -> Window:
        """The window of record ``index``: it starts where ``rng`` says, or at 0 where ``window`` is ``"first"``.

        :raises DamagedDataError: the record is damaged, or its samples are not finite numbers.
        :raises DataError: its samples are not what the options say.
        """
        waveform = np.empty((self.channels, self.window_length), dtype=np.float32)
        return Window(waveform, self.write_window(index, rng=lambda: rng, into=waveform))

    def write_window(
        self, index: int, *, rng: Callable[[], np.random.Generator], into: NDArray[np.float32]
    ) -> int | None:
        """As :meth:`window`, into ``into``; ``rng`` is called only where a clip is longer than a window.

        :raises DamagedDataError: as :meth:`window`.
        :raises DataError: as :meth:`window`.
        """
        example = self._records.example(index)
        samples = self._samples.read(example, window=into)
        if not self._within_range[index]:
            self._within_range[index] = self._samples.bring_within_range(samples, example)
        if samples is not into:
            start = 0
            if self._options.window == "random" and samples.shape[1] > self.window_length:
                start = random_start(samples.shape[1], self.window_length, rng=rng())
            write_window(samples, start, into=into)
        return None if self._labels is None else self._labels.of(index)

    def fingerprint(self) -> str:
        """A SHA-256 over the records' checksums and every option that changes what a window holds."""
        content_options = attrs.asdict(self._options, filter=lambda field, _: field.name not in _NOT_CONTENT)
        described = json.dumps([self._records.content_hash(), content_options, self.class_names], sort_keys=True)
        return sha256(described.encode()).hexdigest()

    def protocol(self) -> dict[str, Any]:
        """How the samples were made, as far as 'audiogan data pack' or 'audiogan data bach' left word of it."""
        patterns = [
            pattern for path in (self._options.path, self._options.held_out_path) for pattern in _patterns(path)
        ]
        packed = origins(find_shards(tuple(patterns)))
        return {"packed": packed} if packed else {}

    def held_out(self) -> TFRecordDataset | None:
        """The records of ``held_out_path`` with the same options, or ``None`` where that is not given.

        :raises DataError: as the class itself, or a record has a class that no training record has.
        """
        if self._options.held_out_path is None:
            return None
        options = attrs.evolve(self._options, path=self._options.held_out_path, held_out_path=None)
        return TFRecordDataset(options, class_names=self.class_names)


def _open(options: TFRecordDatasetOptions) -> RecordList:
    paths = find_shards(_patterns(options.path))
    if options.held_out_path is not None:
        shared = {path.resolve() for path in paths} & {
            path.resolve() for path in find_shards(_patterns(options.held_out_path))
        }
        if shared:
            raise DataError(f"{min(shared)}: matches both path and held_out_path; narrow one of the patterns")
    opened = survey_shards if options.on_error == "skip" else open_shards
    records = opened(paths, compression=options.compression)
    for shard in records.shards:
        if shard.fault is not None:
            tell_damage(shard.fault)
    if len(records) == 0:
        raise DataError(
            f"{', '.join(map(str, paths))}: no records; the files are empty or damaged, write or copy them again"
        )
    return records


def _patterns(path: str | tuple[str, ...] | None) -> tuple[str, ...]:
    return () if path is None else (path,) if isinstance(path, str) else path
