"""The features asked for last, kept in memory."""

from __future__ import annotations

from collections import OrderedDict
from typing import final

from audiogan.evaluation.features.extraction import ClassifierFeatures


@final
class RecentFeatures:
    """Features by key, the most recently used ones that together take at most ``limit_bytes``."""

    def __init__(self, limit_bytes: int) -> None:
        self._limit_bytes = limit_bytes
        self._entries: OrderedDict[str, ClassifierFeatures] = OrderedDict()

    def get(self, key: str) -> ClassifierFeatures | None:
        """The features kept under ``key``, or ``None``."""
        if key in self._entries:
            self._entries.move_to_end(key)
        return self._entries.get(key)

    def put(self, key: str, features: ClassifierFeatures) -> None:
        """Keeps ``features``, and lets go of those that were not asked for the longest."""
        self._entries[key] = features
        self._entries.move_to_end(key)
        while self.bytes > self._limit_bytes:
            self._entries.popitem(last=False)

    @property
    def bytes(self) -> int:
        """What the arrays take."""
        return sum(entry.probabilities.nbytes + entry.pooled.nbytes for entry in self._entries.values())
