"""Built-in plugins import what a stranger's plugin could: names that the core exports."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

PLUGINS = sorted(path.parent for path in Path(__file__).parents[2].glob("plugins/*/__init__.py"))
PUBLIC = {
    module: set(getattr(import_module(module), "__all__", ()))
    for module in (
        "audiogan",
        "audiogan.audio",
        "audiogan.data",
        "audiogan.evaluation",
        "audiogan.lstm",
        "audiogan.nn",
        "audiogan.testing",
    )
}

NOT_YET = {
    "audiogan_bach": {
        "audiogan.files",
        "audiogan.data.cache",
        "audiogan.data.clips",
        "audiogan.data.processes",
        "audiogan.data.record_list",
        "audiogan.data.window",
        "audiogan.durations",
        "audiogan.errors",
        "audiogan.interfaces.dataset",
        "audiogan.options",
    },
    "audiogan_data_tools": {
        "audiogan.files",
        "audiogan.cli.printable",
        "audiogan.cli.text_table",
        "audiogan.data.clips",
        "audiogan.data.compression",
        "audiogan.data.example",
        "audiogan.data.example_encoding",
        "audiogan.data.processes",
        "audiogan.data.record_list",
        "audiogan.data.recordings.content",
        "audiogan.data.recordings.known_files",
        "audiogan.data.recordings.label_table",
        "audiogan.data.recordings.labels",
        "audiogan.data.recordings.listing",
        "audiogan.data.recordings.places",
        "audiogan.data.recordings.recording",
        "audiogan.data.recordings.split",
        "audiogan.data.shard",
        "audiogan.data.shard_writer",
        "audiogan.durations",
        "audiogan.errors",
    },
    "audiogan_tensorflow": {
        "audiogan.files",
        "audiogan.build",
        "audiogan.errors",
        "audiogan.evaluation.classifier",
        "audiogan.interfaces",
        "audiogan.registry",
        "audiogan.run.folder",
        "audiogan.spec",
        "audiogan.training.checkpoint",
        "audiogan.training.state",
    },
    "audiogan_datasets": {
        "audiogan.files",
        "audiogan.data.cache",
        "audiogan.data.classes",
        "audiogan.data.clips",
        "audiogan.data.damage",
        "audiogan.data.example",
        "audiogan.data.record_list",
        "audiogan.data.window",
        "audiogan.errors",
        "audiogan.interfaces.dataset",
        "audiogan.options",
        "audiogan.registry",
    },
    "audiogan_metrics": {
        "audiogan.evaluation.bootstrap",
        "audiogan.evaluation.checkerboard",
        "audiogan.evaluation.classifier",
        "audiogan.evaluation.classifier.choice",
        "audiogan.evaluation.classifier.front_end",
        "audiogan.evaluation.feature_metric",
        "audiogan.evaluation.features",
        "audiogan.evaluation.frechet_distance",
        "audiogan.evaluation.frechet_distance_of_parts",
        "audiogan.evaluation.halves",
        "audiogan.evaluation.inception_score",
        "audiogan.evaluation.k_means",
        "audiogan.evaluation.kernel_distance",
        "audiogan.evaluation.ndb",
        "audiogan.evaluation.nearest_neighbours",
        "audiogan.evaluation.precision_recall",
        "audiogan.evaluation.precision_recall_halves",
        "audiogan.evaluation.real_windows",
        "audiogan.evaluation.waveform_check",
    },
    "audiogan_specgan": {
        "audiogan.data.damage",
        "audiogan.errors",
    },
}
"""Modules whose names a plugin still needs and no public module exports: to shrink to none."""


def imports_of(plugin: Path) -> Iterator[tuple[str, str, str]]:
    """Every import of the core: file and line, module, name."""
    for path in sorted(plugin.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom):
                names = [(node.module or "", alias.name) for alias in node.names]
            elif isinstance(node, ast.Import):
                names = [(alias.name, "") for alias in node.names]
            else:
                continue
            for module, name in names:
                if module.split(".")[0] == "audiogan":
                    yield f"{path.relative_to(plugin.parent)}:{node.lineno}", module, name


@pytest.mark.parametrize("plugin", PLUGINS, ids=lambda path: path.name)
def test_plugins_import_public_names(plugin: Path) -> None:
    imports = list(imports_of(plugin))
    assert imports
    assert [
        (place, module, name)
        for place, module, name in imports
        if name not in PUBLIC.get(module, ()) and module not in NOT_YET.get(plugin.name, ())
    ] == []
