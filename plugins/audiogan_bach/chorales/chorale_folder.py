"""A folder of chorales, rendered by several processes: what it holds and what made it, in ``manifest.json``."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any, final

from attrs import asdict, evolve, frozen

from audiogan.data.processes import in_processes
from audiogan.errors import DataError
from audiogan.files import read_json, remove_partials, write_json
from audiogan_bach.chorales.catalogue import Chorale
from audiogan_bach.chorales.rendering import Rendered, Settings, Task, render
from audiogan_bach.chorales.tunes import RULE
from audiogan_bach.collection import rendering_hash

NAME = "manifest.json"
_FORMAT = 3
Watch = Callable[[Rendered, int, int], None]
"""Called with each chorale as it is done, how many are done in this call, and how many there were to do."""
_WAY_OUT = "name another folder, or delete this one"


@final
@frozen
class Manifest:
    """Collections of the same ``made_with`` and the same content hash have the same samples in the same split."""

    made_with: Mapping[str, Any]
    """Settings, versions and the hash of the piano, in terms that JSON can hold."""
    rendered: Mapping[str, Rendered]
    """By number in the catalogue of Bach's works."""

    def with_chorale(self, chorale: Rendered) -> Manifest:
        """With one more chorale."""
        return evolve(self, rendered={**self.rendered, chorale.bwv: chorale})

    @property
    def content_sha256(self) -> str:
        """A hash of all samples and of the split, whatever order they were rendered in."""
        lines = sorted(
            f"{chorale.bwv} {chorale.split} {chorale.samples_sha256}\n" for chorale in self.rendered.values()
        )
        return sha256("".join(lines).encode()).hexdigest()

    def write(self, folder: Path) -> None:
        """Writes it into ``folder``.

        :raises DataError: it cannot be written.
        """
        document = {
            "format": _FORMAT,
            "made_with": self.made_with,
            "content_sha256": self.content_sha256,
            "duration_s": {
                split: round(sum(chorale.duration_s for chorale in self.rendered.values() if chorale.split == split), 3)
                for split in ("train", "test")
            },
            "chorales": [asdict(self.rendered[bwv]) for bwv in sorted(self.rendered)],
        }
        write_json(folder / NAME, document)


def made_with(settings: Settings) -> dict[str, Any]:
    """All that the samples and the split depend on beside the chorales themselves."""
    return {
        "settings": asdict(settings),
        "held_out": RULE,
        "music21": version("music21"),
        "piano": rendering_hash(),
        "audiogan": version("audiogan"),
    }


def manifest_of(folder: Path, made: Mapping[str, Any]) -> Manifest:
    """The manifest in ``folder``, with the chorales whose files are still there; an empty one for a new folder.

    :raises DataError: the folder was made with something else, or holds other files.
    """
    path = folder / NAME
    try:
        document = read_json(path)
        if document is None:
            if folder.is_dir() and any(not entry.name.startswith(".") for entry in folder.iterdir()):
                raise DataError(f"{folder}: holds files of another origin; {_WAY_OUT}")
            return Manifest(made, {})
        stored, known = dict(document["made_with"]), document["format"] == _FORMAT
        chorales = [Rendered(**entry) for entry in document["chorales"]] if known else []
    except (ValueError, KeyError, TypeError) as error:
        raise DataError(f"{path}: is not what 'audiogan data bach' writes ({error}); {_WAY_OUT}") from error
    differing = [
        f"\n  {name}: was {stored.get(name)!r}, is {made.get(name)!r}"
        for name in sorted({*stored, *made})
        if stored.get(name) != made.get(name)
    ]
    if differing or not known:
        raise DataError(f"{folder}: was made with something else; {_WAY_OUT}{''.join(differing)}")
    return Manifest(made, {chorale.bwv: chorale for chorale in chorales if _is_there(folder, chorale)})


def _is_there(folder: Path, chorale: Rendered) -> bool:
    path = folder / chorale.file
    return path.is_file() and path.stat().st_size == chorale.file_bytes


def render_collection(
    chorales: Sequence[Chorale],
    folder: Path,
    settings: Settings,
    *,
    jobs: int,
    watch: Watch,
) -> Manifest:
    """Renders those of ``chorales`` that ``folder`` does not hold yet, in ``jobs`` processes.

    The manifest is renewed after each chorale, so that what is rendered stays, whatever happens.

    :raises DataError: the folder was made with other settings, a chorale cannot be rendered, or the folder cannot be
        written.
    """
    manifest = manifest_of(folder, made_with(settings))
    missing = [chorale for chorale in chorales if chorale.bwv not in manifest.rendered]
    manifest.write(folder)
    tasks = [Task(chorale, settings, folder) for chorale in missing]
    try:
        for done, (_, rendered) in enumerate(in_processes(render, tasks, jobs=jobs), start=1):
            manifest = manifest.with_chorale(rendered)
            manifest.write(folder)
            watch(rendered, done, len(missing))
    finally:
        remove_partials(folder)
    return manifest
