"""Raw TOML tables into frozen attrs classes, strictly, every mistake at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from audiogan.errors import SpecError

T = TypeVar("T")


def structure_options(options_class: type[T], raw: Mapping[str, Any], *, where: str) -> T:
    """An instance of ``options_class`` made of ``raw``.

    :raises SpecError: an option is unknown, missing, or of a wrong type or value; ``where`` opens the message.
    """
    try:
        return options_class(**raw)
    except (TypeError, ValueError) as error:
        raise SpecError(f"{where}: {error}") from error
