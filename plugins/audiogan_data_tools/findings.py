"""What an inspection found, as tables and as values for JSON."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite
from statistics import median
from typing import Any

from attrs import asdict

from audiogan.cli.printable import printable
from audiogan.cli.text_table import TextTable
from audiogan.durations import duration
from audiogan_data_tools.inspection.recordings import BrokenRecording, HeardFolder, HeardRecording
from audiogan_data_tools.inspection.records import InspectedRecords

_NAMED = 10


def folder_tables(folder: HeardFolder, *, every: bool) -> list[TextTable]:
    """Tables about recordings: totals, what there is of each kind, faults, and with ``every`` each recording."""
    heard = folder.heard
    tables = [TextTable("Recordings", ("", ""), _totals(folder))]
    if heard:
        kinds = [
            ("sample rate", folder.counted(lambda recording: f"{recording.header.sample_rate} Hz")),
            ("channels", folder.counted(lambda recording: recording.header.channels)),
            ("format", folder.counted(lambda recording: f"{recording.header.format} {recording.header.subtype}")),
        ]
        rows = [(what, value, str(count)) for what, counts in kinds for value, count in counts.items()]
        tables.append(TextTable("Kinds", ("", "value", "recordings"), rows))
    tables += _fault_tables(folder)
    if every and heard:
        tables.append(
            TextTable(
                "Every recording",
                ("name", "rate", "channels", "length", "peak dBFS", "loudness", "clipped"),
                [_row(recording) for recording in heard],
            )
        )
    return tables


def _totals(folder: HeardFolder) -> list[tuple[str, str]]:
    heard = folder.heard
    rows = [("files", str(len(heard) + len(folder.broken)))]
    if not heard:
        return rows
    seconds = [recording.header.duration_s for recording in heard]
    loud = [recording.loudness_lufs for recording in heard if isfinite(recording.loudness_lufs)]
    rows += [
        ("together", duration(sum(seconds))),
        ("length", f"{min(seconds):.2f} to {max(seconds):.2f} s, median {median(seconds):.2f} s"),
    ]
    if loud:
        rows.append(("loudness", f"{min(loud):.1f} to {max(loud):.1f} LUFS, median {median(loud):.1f} LUFS"))
    return rows


def _fault_tables(folder: HeardFolder) -> list[TextTable]:
    silent = [recording.name for recording in folder.heard if recording.silent]
    clipped = [
        f"{recording.name} ({recording.clipped_samples} samples)"
        for recording in folder.heard
        if recording.clipped_samples
    ]
    beyond = [
        f"{recording.name} (peak {recording.peak:.3g})"
        for recording in folder.heard
        if recording.header.stores_floats and recording.peak > 1
    ]
    duplicates = [" = ".join(names) for names in folder.duplicates()]
    found = [
        _named("Broken", [recording.fault for recording in folder.broken]),
        _named("Silent: peak under -60 dBFS", silent),
        _named("Clipped: three or more samples in a row at full scale", clipped),
        _named("Floats beyond full scale", beyond),
        _named("Duplicates: the same samples at the same rate", duplicates),
    ]
    return [table for table in found if table is not None] or [TextTable("Nothing broken, silent, clipped or twice")]


def _named(title: str, names: Sequence[str]) -> TextTable | None:
    if not names:
        return None
    rest = [f"and {len(names) - _NAMED} more; --json FILE has them all"] if len(names) > _NAMED else []
    return TextTable(f"{title} ({len(names)})", notes=[*names[:_NAMED], *rest])


def _row(recording: HeardRecording) -> tuple[str, ...]:
    return (
        printable(recording.name),
        str(recording.header.sample_rate),
        str(recording.header.channels),
        f"{recording.header.duration_s:.2f} s",
        f"{_decibels(recording.peak):.1f}",
        f"{recording.loudness_lufs:.1f}",
        str(recording.clipped_samples),
    )


def _decibels(peak: float) -> float:
    from math import log10

    return 20 * log10(peak) if peak > 0 else float("-inf")


def folder_values(folder: HeardFolder) -> dict[str, Any]:
    """Everything about recordings, in terms that JSON can hold; silence has no loudness, which is null."""
    return {
        "heard": [_values(recording) for recording in folder.heard],
        "broken": [_broken_values(recording) for recording in folder.broken],
        "silent": [recording.name for recording in folder.heard if recording.silent],
        "clipped": [recording.name for recording in folder.heard if recording.clipped_samples],
        "duplicates": [list(names) for names in folder.duplicates()],
    }


def _values(recording: HeardRecording) -> dict[str, Any]:
    header = recording.header
    return {
        "name": recording.name,
        "format": header.format,
        "subtype": header.subtype,
        "sample_rate": header.sample_rate,
        "channels": header.channels,
        "length": header.length,
        "duration_s": header.duration_s,
        "peak": recording.peak,
        "loudness_lufs": recording.loudness_lufs if isfinite(recording.loudness_lufs) else None,
        "clipped_samples": recording.clipped_samples,
        "content": recording.content,
    }


def _broken_values(recording: BrokenRecording) -> dict[str, Any]:
    return {"name": recording.name, "fault": recording.fault}


def record_tables(records: InspectedRecords) -> list[TextTable]:
    """Tables about TFRecord files: their records, the features in these, the faults."""
    shards = TextTable(
        f"TFRecord files: {records.records:,} records",
        ("file", "records", "faults"),
        [(printable(str(shard.path)), f"{shard.records:,}", str(len(shard.faults))) for shard in records.shards],
    )
    features = TextTable(
        "Features",
        ("name", "kind", "records", "length"),
        [
            (printable(name), kind, f"{summary.records:,}", _span(summary.shortest, summary.longest, kind))
            for (name, kind), summary in records.features.items()
        ],
    )
    faults = _named("Damaged", records.faults())
    return [shards, features, faults or TextTable("No damaged records")]


def _span(shortest: int, longest: int, kind: str) -> str:
    unit = "bytes" if kind == "bytes" else "values"
    return f"{longest} {unit}" if shortest == longest else f"{shortest} to {longest} {unit}"


def record_values(records: InspectedRecords) -> dict[str, Any]:
    """Everything about TFRecord files, in terms that JSON can hold."""
    return {
        "records": records.records,
        "shards": [
            {"path": str(shard.path), "records": shard.records, "faults": list(shard.faults)}
            for shard in records.shards
        ],
        "features": [{"name": name, **asdict(summary)} for (name, _), summary in records.features.items()],
    }
