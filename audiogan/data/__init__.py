"""Records and windows: TFRecord files read and written, the order of windows, batches.

The way of a window: ``shard`` (one file) → ``record_list`` (many) → ``example`` (one record decoded) → a dataset's
``window`` → ``order`` (which window comes when) → ``loader`` (batches).
"""

from audiogan.data.cache import cache_directory
from audiogan.data.classes import Classes
from audiogan.data.recordings.content import content_digest, content_digests, warn_of_copies
from audiogan.data.recordings.decoded_cache import DEFAULT_CACHE_GB
from audiogan.data.recordings.known_files import KnownFile, ReadHeaders, read_headers, readable_files
from audiogan.data.recordings.label_table import labels_from_table
from audiogan.data.recordings.labels import NO_LABEL, classes_of, label_group, labels_from_folders, labels_from_names
from audiogan.data.recordings.listing import FoundFile, find_recordings
from audiogan.data.recordings.places import FixedPlaces, Place, Places, RandomPlaces, all_places, first_places
from audiogan.data.recordings.recording import Recording
from audiogan.data.recordings.split import Split, compiled, split_by_path, split_by_pattern, split_by_share

__all__ = [
    "DEFAULT_CACHE_GB",
    "NO_LABEL",
    "Classes",
    "FixedPlaces",
    "FoundFile",
    "KnownFile",
    "Place",
    "Places",
    "RandomPlaces",
    "ReadHeaders",
    "Recording",
    "Split",
    "all_places",
    "cache_directory",
    "classes_of",
    "compiled",
    "content_digest",
    "content_digests",
    "find_recordings",
    "first_places",
    "label_group",
    "labels_from_folders",
    "labels_from_names",
    "labels_from_table",
    "read_headers",
    "readable_files",
    "split_by_path",
    "split_by_pattern",
    "split_by_share",
    "warn_of_copies",
]
