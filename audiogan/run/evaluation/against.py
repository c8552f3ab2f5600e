"""What waveforms are compared with: a dataset by name, that of an experiment file, or a folder of recordings."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, final

import attrs
from attrs import frozen

from audiogan.build import build
from audiogan.errors import DataError, SpecError, suggest
from audiogan.interfaces import Dataset
from audiogan.registry import Registry
from audiogan.run.evaluation.format import AudioFormat
from audiogan.run.evaluation.subjects import KnownExperiment
from audiogan.spec import ComponentSpec, ExperimentSpec, read_experiments, structure_options
from audiogan.spec.layers import read_options

_FOLDER_DATASET = "audio-folder"


@final
@frozen(eq=False)
class Reference:
    """A dataset and what describes it."""

    spec: ComponentSpec
    dataset: Dataset

    def to_json(self) -> dict[str, Any]:
        """The dataset by its options, its content, its format, and what became of recordings to have that format."""
        held_out = self.dataset.held_out()
        return {
            "type": self.spec.type,
            "options": attrs.asdict(self.spec.options),
            "fingerprint": self.dataset.fingerprint(),
            "windows": len(self.dataset),
            "held_out_windows": None if held_out is None else len(held_out),
            "classes": list(self.dataset.class_names),
            **AudioFormat.of(self.dataset).to_json(),
            "protocol": self.dataset.protocol(),
        }


def dataset_spec(
    against: str | None, options: Sequence[str], *, own: KnownExperiment | None, registry: Registry
) -> ComponentSpec:
    """The dataset that ``against`` means, with ``options`` (``key=value``) set.

    An installed dataset's name comes first, then an experiment file (its experiments must share their dataset), then a
    folder, which is read as ``audio-folder``. Where it is ``None``, the dataset of the experiment ``own`` is
    taken. A folder takes the format of the experiment's windows unless options say
    otherwise.

    :raises SpecError: it means nothing of these, or an option is wrong.
    """
    if against is None:
        if own is None:
            raise SpecError("a folder of audio has no dataset of its own; name what to compare it with by --against")
        return _of_file(own.file, options, registry, only=(own.spec.name,))
    if against in registry.names("dataset"):
        return _component(against, read_options(options), registry)
    file = _experiment_file(against, registry)
    if file is not None:
        return _of_file(file, options, registry)
    path = Path(against).expanduser()
    if path.is_dir():
        given = {} if own is None else _format_options(own.spec, registry)
        return _component(_FOLDER_DATASET, {"path": str(path), **given, **read_options(options)}, registry)
    names = registry.names("dataset")
    raise SpecError(
        f"--against {against}: no dataset of that name, no experiment file and no folder{suggest(against, names)}"
    )


def listed_metrics(
    against: str | None, *, own: KnownExperiment | None, registry: Registry
) -> tuple[ComponentSpec, ...] | None:
    """The metrics of the experiment file that ``against`` means, else those of the experiment ``own``, else none.

    ``None`` where the experiments of the file list different ones.

    :raises SpecError: the file cannot be read.
    """
    file = None if against is None else _experiment_file(against, registry)
    if file is None:
        return () if own is None else own.spec.evaluation.metrics
    first, *others = (spec.evaluation.metrics for spec in read_experiments(file, registry=registry).experiments)
    return None if any(metrics != first for metrics in others) else first


def names_experiment_file(against: str | None, registry: Registry) -> bool:
    """Whether ``against`` means an experiment file."""
    return against is not None and _experiment_file(against, registry) is not None


def open_reference(spec: ComponentSpec, registry: Registry) -> Reference:
    """The dataset of ``spec``.

    :raises AudioganError: it cannot be opened, or has no windows.
    """
    dataset: Dataset = build("dataset", spec, registry)
    if len(dataset) == 0:
        raise DataError(f"dataset '{spec.type}' has no windows: check its files and its window length")
    return Reference(spec, dataset)


def _experiment_file(against: str, registry: Registry) -> Path | None:
    path = Path(against).expanduser()
    is_file = against not in registry.names("dataset") and path.is_file() and path.suffix == ".toml"
    return path if is_file else None


def _component(name: str, options: dict[str, Any], registry: Registry) -> ComponentSpec:
    structured = structure_options(registry.options_class("dataset", name), options, where=f"dataset '{name}'")
    return ComponentSpec(name, structured)


def _of_file(path: Path, options: Sequence[str], registry: Registry, *, only: Sequence[str] = ()) -> ComponentSpec:
    overrides = [f"dataset.{option}" for option in options]
    specs = read_experiments(path, registry=registry, overrides=overrides, only=only).experiments
    first = specs[0]
    for spec in specs[1:]:
        if spec.dataset != first.dataset:
            raise SpecError(
                f"{path}: experiments '{first.name}' and '{spec.name}' have different datasets; name one dataset with "
                "--against and give its options with --set"
            )
    return first.dataset


def _format_options(own: ExperimentSpec, registry: Registry) -> dict[str, Any]:
    """The format of the experiment's windows, as far as its dataset's options and the folder's both name it."""
    taken = attrs.fields_dict(registry.options_class("dataset", _FOLDER_DATASET))
    names = [name for name in ("sample_rate", "channels", "window_length") if name in taken]
    return {name: getattr(own.dataset.options, name) for name in names if hasattr(own.dataset.options, name)}
