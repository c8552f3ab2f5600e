"""A resolved experiment file back to TOML, so that a run can be repeated from what it wrote."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from pathlib import Path
from typing import Any

import attrs
import tomli_w

from audiogan.spec.layers import RESOLVED_PROFILE
from audiogan.spec.schema import ComponentSpec, ExperimentFile, OptimizerSpec


def to_toml(file: ExperimentFile) -> str:
    """A TOML document with every default filled in; reading it gives ``file`` again, its profile's name included."""
    document: dict[str, Any] = {"title": file.title}
    if file.profile is not None:
        document[RESOLVED_PROFILE] = file.profile
    if file.plugins:
        document["plugins"] = as_plain(file.plugins)
    document["experiment"] = as_plain(file.experiments)
    return tomli_w.dumps(document)


def as_plain(value: Any) -> Any:
    """A spec, or anything in one, as an experiment file holds it: tables, lists and scalars.

    >>> as_plain(OptimizerSpec("SGD", {"lr": 0.1}))
    {'type': 'SGD', 'lr': 0.1}
    """
    if isinstance(value, ComponentSpec):
        return {"type": value.type, **(as_plain(value.options) if value.options is not None else {})}
    if isinstance(value, OptimizerSpec):
        return {"type": value.type, **as_plain(value.arguments)}
    if attrs.has(type(value)):
        fields = (field.name for field in attrs.fields(type(value)) if field.init)
        return as_plain({name: getattr(value, name) for name in fields})
    if isinstance(value, Mapping):
        return {str(key): as_plain(item) for key, item in value.items() if item is not None}
    if isinstance(value, (list, tuple)):
        return [as_plain(item) for item in value]
    if isinstance(value, Path):
        return str(value)
    return value.value if isinstance(value, Enum) else value
