"""What reading an experiment file needs to know of the installed components."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol


class Catalog(Protocol):
    """Installed components by kind and name; :class:`audiogan.registry.Registry` is one."""

    def names(self, kind: str) -> tuple[str, ...]:
        """The installed names of a kind, sorted."""

    def options_class(self, kind: str, name: str) -> type[Any]:
        """The attrs class of that component's options.

        :raises PluginError: there is no such component; the text suggests the nearest name.
        """

    def recommended_optimizer(self, loss: str) -> Mapping[str, Any]:
        """The optimiser used with that loss where an experiment names none, as a table with ``type``.

        :raises PluginError: there is no such loss.
        """
