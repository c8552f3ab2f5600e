"""From an experiment file, a profile and overrides to experiments ready to build."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import final

from attrs import frozen

from audiogan.errors import suggest
from audiogan.spec.catalog import Catalog
from audiogan.spec.document import read_document
from audiogan.spec.merge import SECTIONS, merge_sections, with_types_spelled_out
from audiogan.spec.overrides import Change, Overrides, read_overrides
from audiogan.spec.problems import Problem, as_error, problem_at
from audiogan.spec.resolve import Resolver
from audiogan.spec.schema import ExperimentFile, ExperimentSpec
from audiogan.spec.sources import Sources
from audiogan.spec.tree import Node, Origin, Table

RESOLVED_PROFILE = "resolved_profile"
"""The key under which a fully resolved file says which profile it was resolved with."""
_TOP_LEVEL = ("title", RESOLVED_PROFILE, *SECTIONS, "experiment", "profile")
_IN_PROFILE = (*SECTIONS, "experiment")
_IN_PROFILED_EXPERIMENT = ("title", "published", *SECTIONS)


def read_experiments(
    path: Path,
    *,
    catalog: Catalog,
    profile: str | None = None,
    overrides: Sequence[str] = (),
    only: Sequence[str] = (),
) -> ExperimentFile:
    """The experiments of a file, merged and structured.

    Later ones win: class defaults, shared tables, ``[[experiment]]``, ``[profile.NAME]``,
    ``[profile.NAME.experiment.<experiment>]``, ``overrides`` (``key=value`` as behind ``--set``). ``only`` keeps the
    experiments of those names, in the file's order.

    :raises SpecError: the file cannot be read, or holds mistakes; the text lists every one of them with file, line,
        key, value and a suggestion.
    """
    reading = _Reading(read_document(path), path, Resolver(catalog))
    changes = read_overrides(overrides)
    specs, merged, problems = reading.resolve(profile, changes)
    problems += [*reading.top_level_problems(), *reading.problems_elsewhere(profile), *changes.problems]
    problems += reading.unknown_names(only, Origin("--only"))
    if profile is not None and profile not in reading.profiles:
        message = f"unknown profile{suggest(profile, reading.profiles, label=f'profiles in {path}')}"
        problems.append(Problem(Origin(f"--profile {profile}"), message))
    if problems:
        raise as_error(problems, subject=str(path))
    kept = tuple(spec for spec in specs if not only or spec.name in only)
    title, resolved = (reading.document.get(key) for key in ("title", RESOLVED_PROFILE))
    return ExperimentFile(
        title=title.value if title is not None else path.stem,
        experiments=kept,
        sources=Sources(str(path), merged),
        profile=profile if profile is not None else resolved.value if resolved is not None else None,
    )


@final
@frozen
class _Reading:
    root: Node
    path: Path
    resolver: Resolver

    @property
    def document(self) -> Table:
        table: Table = self.root.value
        return table

    @property
    def profiles(self) -> Table:
        return _table(self.document.get("profile"))

    @property
    def experiments(self) -> list[Node]:
        listed = self.document.get("experiment")
        if listed is None or not isinstance(listed.value, list):
            return []
        return [experiment for experiment in listed.value if experiment.is_table]

    def resolve(
        self, profile: str | None, changes: Overrides
    ) -> tuple[list[ExperimentSpec], dict[str, Node], list[Problem]]:
        """The experiments that hold no mistake, their merged tables by name, and the mistakes of the others."""
        specs: list[ExperimentSpec] = []
        tables: dict[str, Node] = {}
        problems: list[Problem] = []
        for experiment in self.experiments:
            merged: Table = {}
            for layer in self._layers(experiment, profile):
                merged = merge_sections(merged, with_types_spelled_out(layer))
            for change in (changes.shared, changes.by_experiment.get(_name_of(experiment), Change())):
                merged = self.resolver.merge_change(merged, change)
            node = Node(merged, experiment.origin)
            spec, found = self.resolver.resolve(node)
            problems += found
            if spec is not None:
                specs.append(spec)
                tables[spec.name] = node
        problems += self.unknown_names(changes.by_experiment, Origin("--set"))
        return specs, tables, problems

    def _layers(self, experiment: Node, profile: str | None) -> Iterator[Table]:
        name = _name_of(experiment)
        yield {key: node for key, node in self.document.items() if key in SECTIONS}
        yield experiment.value
        if profile is not None:
            settings = _table(self.profiles.get(profile))
            yield {key: node for key, node in settings.items() if key in SECTIONS}
            own = _table(_table(settings.get("experiment")).get(name))
            yield {key: node for key, node in own.items() if key in _IN_PROFILED_EXPERIMENT}

    def top_level_problems(self) -> Iterator[Problem]:
        yield from _unknown_keys(self.document, _TOP_LEVEL)
        for key in ("title", RESOLVED_PROFILE):
            node = self.document.get(key)
            if node is not None and not isinstance(node.value, str):
                yield problem_at(node, "must be a text in quotes")
        yield from self._list_problems()
        yield from self._duplicates()
        profiles = self.document.get("profile")
        if profiles is not None and not profiles.is_table:
            yield problem_at(profiles, "must be tables, such as [profile.quick]")
        for profile in self.profiles.values():
            yield from self._profile_problems(profile)

    def _list_problems(self) -> Iterator[Problem]:
        listed = self.document.get("experiment")
        if listed is None or listed.value == []:
            yield Problem(self.root.origin, "no experiments; each is an [[experiment]] table with a name")
        elif not isinstance(listed.value, list) or len(self.experiments) < len(listed.value):
            yield problem_at(listed, "must be tables, each under [[experiment]] in double brackets")

    def _duplicates(self) -> Iterator[Problem]:
        seen: dict[str, Node] = {}
        for experiment in self.experiments:
            # some file systems take "A" and "a" for one folder
            folder = _name_of(experiment).lower()
            if folder and folder in seen:
                first = seen[folder].value["name"].origin.place
                yield problem_at(experiment.value["name"], f"a second experiment of that name; the first is at {first}")
            seen.setdefault(folder, experiment)

    def _profile_problems(self, profile: Node) -> Iterator[Problem]:
        if not profile.is_table:
            yield problem_at(profile, "must be a table")
            return
        yield from _unknown_keys(profile.value, _IN_PROFILE)
        by_name = profile.value.get("experiment")
        if by_name is not None and not by_name.is_table:
            yield problem_at(by_name, "must be tables named after experiments")
        for name, node in _table(by_name).items():
            yield from self.unknown_names([name], node.origin)
            if node.is_table:
                yield from _unknown_keys(node.value, _IN_PROFILED_EXPERIMENT)
            else:
                yield problem_at(node, "must be a table")

    def problems_elsewhere(self, chosen: str | None) -> Iterator[Problem]:
        """Mistakes in profiles that are not asked for, and in values that the chosen one replaces."""
        if chosen is not None:
            _, _, problems = self.resolve(None, Overrides())
            # what is merely missing without the profile may be the profile's to give
            yield from (problem for problem in problems if problem.value)
        for profile in self.profiles:
            if profile != chosen:
                _, _, problems = self.resolve(profile, Overrides())
                yield from (problem for problem in problems if problem.origin.key.startswith("profile."))

    def unknown_names(self, names: Iterable[str], origin: Origin) -> list[Problem]:
        known = {_name_of(experiment) for experiment in self.experiments}
        return [
            Problem(origin, f"unknown experiment '{name}'{suggest(name, known, label='experiments')}")
            for name in names
            if name not in known
        ]


def _name_of(experiment: Node) -> str:
    name = experiment.value.get("name")
    return name.value if name is not None and isinstance(name.value, str) else ""


def _table(node: Node | None) -> Table:
    return node.value if node is not None and node.is_table else {}


def _unknown_keys(table: Table, known: Sequence[str]) -> Iterator[Problem]:
    for key, node in table.items():
        if key not in known:
            yield problem_at(node, f"unknown key{suggest(key, known, label='known')}")
