"""What makes an experiment the same experiment when its run goes on: every key of its file, and its plugins' code."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar, final

import attrs
from attrs import frozen

from audiogan.errors import CheckpointError, PluginError
from audiogan.files import read_record, record_to_json, write_record
from audiogan.registry import Entry, Registry, installed
from audiogan.run.folder import ExperimentFolder
from audiogan.spec import ComponentSpec, ExperimentSpec, as_plain
from audiogan.spec.layers import plugin_files

BUDGET = ("training.epochs", "training.steps", "training.duration_s")
_FREE = (
    "title",
    "published",
    "training.device",
    "training.threads",
    "training.workers",
    "training.checkpoint_every_s",
)
_WAYS_OUT = "run it elsewhere with --output DIR, or delete that folder to start over"


@final
@frozen
class PluginRecord:
    """The code of a plugin that an experiment was made with."""

    name: str
    version: str
    sha256: str
    """Of the file, or of all ``.py`` files of the package."""
    file: str | None = None
    """Where it lay, if it was not installed."""


@final
@frozen
class ExperimentRecord:
    """What ``experiment.json`` holds."""

    FORMAT: ClassVar[int] = 1

    experiment: dict[str, Any]
    """By key path, every value that may not change."""
    plugins: tuple[PluginRecord, ...]
    earlier_plugins: tuple[tuple[PluginRecord, ...], ...] = ()
    """What the plugins were before their code changed and the experiment went on all the same."""


def identity(spec: ExperimentSpec) -> dict[str, Any]:
    """Every key path of ``spec`` with its value, but for those that may change between two sessions of a run."""
    flat = dict(_flatten("", as_plain(spec)))
    return {key: value for key, value in flat.items() if not _belongs(key, (*BUDGET, *_FREE))}


def budget(spec: ExperimentSpec) -> dict[str, Any]:
    """How long the experiment is to train; a finished one goes on when this grows."""
    return {key.rpartition(".")[2]: getattr(spec.training, key.rpartition(".")[2]) for key in BUDGET}


def used_plugins(spec: ExperimentSpec, registry: Registry) -> tuple[PluginRecord, ...]:
    """The plugins that the experiment's components come from, by name."""
    records = {}
    for entry in _entries(spec, registry):
        plugin = entry.plugin
        name = plugin.name if plugin.path is not None else f"{entry.kind} '{entry.name}'"
        local = str(plugin.path) if plugin.path is not None and not plugin.distribution else None
        name = Path(local).name if local is not None else name
        records[name] = PluginRecord(name, str(plugin) if plugin.distribution else "", entry.source_hash(), local)
    return tuple(records[name] for name in sorted(records))


def check_identity(
    folder: ExperimentFolder,
    spec: ExperimentSpec,
    registry: Registry,
    *,
    allow_changed_code: bool = False,
    claim: bool = True,
) -> tuple[str, ...]:
    """Claims ``folder`` for ``spec``, or sees that it is already its own; returns which plugins' code has changed.

    What never came as far as a checkpoint leaves nothing to mix up, so that a mistake can be fixed where it was made.
    Code that changed is accepted, and recorded beside the former, where that is allowed, and where the plugin is
    installed to be worked on. Without ``claim`` nothing is written.

    :raises CheckpointError: it holds another experiment, or one made by other code; the text names every difference.
    """
    mine = ExperimentRecord(identity(spec), used_plugins(spec, registry))
    stored = read_record(folder.identity, ExperimentRecord)
    if stored is None or not folder.latest.exists():
        if claim:
            write_record(folder.identity, mine)
        return ()
    here, there = record_to_json(mine)["experiment"], stored.experiment
    differing = [
        f"  {key}: was {there.get(key)!r}, is {here.get(key)!r}"
        for key in sorted({*here, *there})
        if here.get(key) != there.get(key)
    ]
    if differing:
        raise CheckpointError(
            "\n".join([f"{folder.path} was made by another experiment of that name:", *differing, f"  {_WAYS_OUT}"])
        )
    changes = _changes(stored.plugins, mine.plugins)
    in_work = {entry.plugin.name for entry in _entries(spec, registry) if entry.plugin.is_editable}
    if not allow_changed_code and not changes.keys() <= in_work:
        raise CheckpointError(
            "\n".join(
                [
                    f"{folder.path} was made by other code:",
                    *(f"  {change}" for change in changes.values()),
                    f"  go on with the changed code with --allow-changed-code, {_WAYS_OUT}",
                ]
            )
        )
    if changes and claim:
        earlier = (*stored.earlier_plugins, stored.plugins)
        write_record(folder.identity, attrs.evolve(mine, earlier_plugins=earlier))
    return tuple(changes.values())


def registry_for(folders: Sequence[Path], plugins: Sequence[Path] = ()) -> Registry:
    """What is installed, with the Python files ``plugins``; without these, with those that the runs were made with.

    ``folders`` are of runs, of their experiments, or of anything else, which adds nothing.

    :raises PluginError: such a file is not where it was, or has changed.
    """
    registry = installed()
    for file in plugins or [file for folder in folders for file in _files_of(folder)]:
        registry = registry.including(file)
    return registry


def _files_of(folder: Path) -> Iterator[Path]:
    run = next((each for each in (folder, folder.resolve().parent) if (each / "spec.toml").is_file()), None)
    for file in () if run is None else plugin_files(run / "spec.toml"):
        if not file.is_file():
            raise PluginError(f"{file}, which {run} was made with, is not there; name it with --plugin FILE")
        digest = hashlib.sha256(file.read_bytes()).hexdigest()
        for written in [] if run is None else sorted(run.glob("*/experiment.json")):
            record = read_record(written, ExperimentRecord)
            known = [] if record is None else [each for each in record.plugins if each.file == str(file.resolve())]
            if any(each.sha256 != digest for each in known):
                raise PluginError(
                    f"{file} has changed since {written.parent} was made with it; put it back, or use it as it is with "
                    f"--plugin {file}"
                )
        yield file


def _entries(spec: ExperimentSpec, registry: Registry) -> Iterator[Entry]:
    parts = [("dataset", spec.dataset), ("representation", spec.representation), ("generator", spec.generator)]
    parts += [("discriminator", spec.discriminator), *(("loss", loss) for loss in spec.loss)]
    parts += [("callback", callback) for callback in spec.callbacks]
    for metric in spec.evaluation.metrics:
        parts.append(("metric", metric))
        parts += _inner_components(metric.options)
    for kind, component in parts:
        yield registry.find(kind, component.type)
    training = spec.training
    by_lower = {name.lower(): name for name in registry.names("optimizer")}
    for optimizer in (training.optimizer, training.generator_optimizer, training.discriminator_optimizer):
        if optimizer is not None and optimizer.type.lower() in by_lower:
            yield registry.find("optimizer", by_lower[optimizer.type.lower()])


def _inner_components(options: Any) -> list[tuple[str, ComponentSpec]]:
    fields = attrs.fields(type(options)) if attrs.has(type(options)) else ()
    named = [(field.metadata.get("component"), getattr(options, field.name)) for field in fields]
    return [(kind, value) for kind, value in named if kind and isinstance(value, ComponentSpec)]


def _changes(before: Sequence[PluginRecord], now: Sequence[PluginRecord]) -> dict[str, str]:
    old = {record.name: record for record in before}
    changes = {}
    for record in now:
        former = old.get(record.name)
        if former is None or (former.version, former.sha256) == (record.version, record.sha256):
            continue
        versions = f", from {former.version} to {record.version}" if former.version != record.version else ""
        changes[record.name] = (
            f"plugin '{record.name}' has changed{versions}: its sources were {former.sha256[:12]}, are "
            f"{record.sha256[:12]}"
        )
    return changes


def _flatten(path: str, value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from _flatten(f"{path}.{key}" if path else key, item)
    elif isinstance(value, list) and any(isinstance(item, Mapping) for item in value):
        for index, item in enumerate(value):
            yield from _flatten(f"{path}[{index}]", item)
    else:
        yield path, value


def _belongs(key: str, roots: tuple[str, ...]) -> bool:
    return any(key == root or key.startswith(f"{root}.") for root in roots)
