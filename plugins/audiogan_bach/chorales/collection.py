"""All chorales in a folder, rendered by several processes and taken up again where they stopped."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from audiogan.data.processes import in_processes
from audiogan.files import remove_partials
from audiogan_bach.chorales.catalogue import Chorale
from audiogan_bach.chorales.manifest import Manifest, made_with, manifest_of
from audiogan_bach.chorales.rendering import Rendered, Settings, Task, render
from audiogan_bach.chorales.synthesiser import Synthesiser

Watch = Callable[[Rendered, int, int], None]
"""Told of each chorale as it is done, of how many are done in this call, and of how many there were to do."""


def render_collection(
    chorales: Sequence[Chorale],
    folder: Path,
    settings: Settings,
    synthesiser: Synthesiser,
    *,
    jobs: int,
    watch: Watch,
) -> Manifest:
    """Renders those of ``chorales`` that ``folder`` does not hold yet, in ``jobs`` processes.

    The manifest is renewed after each chorale, so that what is rendered stays, whatever happens.

    :raises DataError: the folder was made with other settings, a chorale cannot be rendered, or the folder cannot be
        written.
    """
    manifest = manifest_of(folder, made_with(settings, synthesiser))
    missing = [chorale for chorale in chorales if chorale.bwv not in manifest.rendered]
    manifest.write(folder)
    tasks = [Task(chorale, settings, synthesiser, folder) for chorale in missing]
    try:
        for done, (_, rendered) in enumerate(in_processes(render, tasks, jobs=jobs), start=1):
            manifest = manifest.with_chorale(rendered)
            manifest.write(folder)
            watch(rendered, done, len(missing))
    finally:
        remove_partials(folder)
    return manifest
