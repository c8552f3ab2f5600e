"""The components, the sections of an experiment file and the embedded pieces, as ``audiogan describe`` knows them."""

from __future__ import annotations

from collections.abc import Iterator

from markdown_text import code, documentation, options_table, table

from audiogan.cli.description import describe_component, describe_section
from audiogan.cli.text_table import TextTable
from audiogan.registry import Entry, Registry, installed
from audiogan_bach.pieces import PIECES
from audiogan_bach.plan import standard_plan

_WINDOW = (1, 16_384)
_OWN = "audiogan "


def all_components(kind: str) -> str:
    """Every component of a kind that comes with audiogan: what it is, its options, its layers."""
    registry = installed()
    entries = [registry.find(kind, name) for name in registry.names(kind)]
    return "\n\n".join(_component(registry, entry) for entry in entries if str(entry.plugin).startswith(_OWN))


def section(name: str) -> str:
    """The keys of a section of an experiment file."""
    return options_table(describe_section(name))


def renditions(_argument: str) -> str:
    """The pieces of the embedded dataset and how often each is played."""
    plan = standard_plan()
    rows = [
        (
            piece.catalogue_number,
            piece.title,
            piece.extent,
            str(sum(rendition.piece is piece for rendition in plan.train)),
            str(sum(rendition.piece is piece for rendition in plan.test)),
        )
        for piece in PIECES
    ]
    minutes = [sum(rendition.duration_s for rendition in part) / 60 for part in (plan.train, plan.test)]
    lengths = f"{minutes[0]:.0f} minutes to train on and {minutes[1]:.0f} held out."
    return f"{table(('number', 'piece', 'extent', 'renditions', 'held out'), rows)}\n\n{lengths}"


def _component(registry: Registry, entry: Entry) -> str:
    tables = describe_component(registry, entry, {}, window=_WINDOW, sample_shape=None)
    parts = [f"### {entry.name} {{: #{entry.kind}-{entry.name} }}", documentation(entry.component_class)]
    return "\n\n".join([*parts, options_table(tables[0]), *_further(tables[1:])])


def _further(tables: list[TextTable]) -> Iterator[str]:
    for described in tables:
        if not described.rows:
            yield f"{described.title}."
            continue
        rows = [(operation, code(kernel), code(output)) for operation, kernel, output in described.rows]
        yield f"{described.title}:\n\n{table(described.columns, rows)}"
