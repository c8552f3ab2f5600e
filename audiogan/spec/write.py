"""A resolved experiment file back to TOML, so that a run can be repeated from what it wrote."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from pathlib import Path
from typing import Any

import attrs
import tomli_w

from audiogan.spec.read import RESOLVED_PROFILE
from audiogan.spec.schema import ComponentSpec, ExperimentFile, OptimizerSpec


def to_toml(file: ExperimentFile) -> str:
    """A TOML document with every default filled in; reading it gives ``file`` again, its profile's name included."""
    document: dict[str, Any] = {"title": file.title}
    if file.profile is not None:
        document[RESOLVED_PROFILE] = file.profile
    document["experiment"] = _plain(file.experiments)
    return tomli_w.dumps(document)


def _plain(value: Any) -> Any:
    if isinstance(value, ComponentSpec):
        return {"type": value.type, **(_plain(value.options) if value.options is not None else {})}
    if isinstance(value, OptimizerSpec):
        return {"type": value.type, **_plain(value.arguments)}
    if attrs.has(type(value)):
        fields = (field.name for field in attrs.fields(type(value)) if field.init)
        return _plain({name: getattr(value, name) for name in fields})
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items() if item is not None}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, Enum):
        return value.value
    return value
