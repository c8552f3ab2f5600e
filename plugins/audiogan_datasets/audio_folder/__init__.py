"""A folder of recordings in any format, rate and number of channels."""

from audiogan_datasets.audio_folder.dataset import AudioFolderDataset
from audiogan_datasets.audio_folder.options import AudioFolderDatasetOptions

__all__ = ["AudioFolderDataset", "AudioFolderDatasetOptions"]
