"""Built-in datasets."""

from __future__ import annotations

from audiogan import Register
from audiogan.registry import hookimpl
from audiogan_datasets.audio_folder import AudioFolderDataset
from audiogan_datasets.tfrecord import TFRecordDataset


@hookimpl
def register_datasets(register: Register) -> None:
    """Registers the built-in datasets."""
    register("audio-folder", AudioFolderDataset)
    register("tfrecord", TFRecordDataset)
