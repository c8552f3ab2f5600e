"""From an experiment file, a profile and overrides to experiments ready to build.

Layers of tables are laid upon one another: defaults, shared tables, an experiment's own, the profile's, ``--set``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, final

import attrs
from attrs import frozen

from audiogan.errors import PluginError, Problem, suggest
from audiogan.registry import Registry, installed
from audiogan.spec.problems import Sources, as_error, problem, problem_at, written
from audiogan.spec.schema import ExperimentFile, ExperimentSpec
from audiogan.spec.structure import Structurer
from audiogan.spec.toml import Node, Origin, Table, dotted, grow_at, parse_key, parse_value, read_document

RESOLVED_PROFILE = "resolved_profile"
"""The key under which a fully resolved file says which profile it was resolved with."""
_COMPONENTS = ("dataset", "representation", "generator", "discriminator", "loss")
_SECTIONS = (*_COMPONENTS, "callbacks", "training", "evaluation")
_TOP_LEVEL = ("title", RESOLVED_PROFILE, "plugins", *_SECTIONS, "experiment", "profile")
_IN_PROFILED_EXPERIMENT = ("title", "published", *_SECTIONS)
_DEFAULT_TYPES = {"dataset": "bach-piano", "representation": "waveform"}
_OPTIMIZERS = ("optimizer", "generator_optimizer", "discriminator_optimizer")
_SCORING_INTERVALS = ("every_epochs", "every_steps")
_BUDGETS = ("epochs", "steps", "duration_s")
_FLAG = "--set"
_FOLDER_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}(?<!\.)")
_NAME_OF_A_REPORT = re.compile(r".*\.(?:html|md|csv|tex|png|svg|json|jsonl|toml|partial)", re.IGNORECASE)


def read_experiments(
    path: Path,
    *,
    registry: Registry | None = None,
    profile: str | None = None,
    overrides: Sequence[str] = (),
    only: Sequence[str] = (),
) -> ExperimentFile:
    """The experiments of a file, merged and structured.

    Later ones win: class defaults, shared tables, ``[[experiment]]``, ``[profile.NAME]``,
    ``[profile.NAME.experiment.<experiment>]``, ``overrides`` (``key=value`` as behind ``--set``). ``only`` keeps the
    experiments of those names, in the file's order. ``registry`` is what is installed, where nothing else is given; the
    Python files that the file names as ``plugins`` come on top, unless it holds such files already.

    :raises SpecError: the file cannot be read, or holds mistakes; the text lists every one of them with file, line,
        key, value and a suggestion.
    """
    root = read_document(path)
    registry = _with_plugins(root, path, registry or installed())
    reading = _Reading(root, path, registry)
    changes = read_overrides(overrides)
    specs, merged, problems = reading.resolve(profile, changes)
    problems += [*reading.top_level_problems(), *reading.problems_elsewhere(profile), *changes.problems]
    problems += reading.unknown_names(only, Origin("--only"))
    if profile is not None and profile not in reading.profiles:
        message = f"unknown profile{suggest(profile, reading.profiles, label=f'profiles in {path}')}"
        problems.append(problem(Origin(f"--profile {profile}"), message))
    if problems:
        raise as_error(problems, subject=str(path))
    title, resolved = (reading.document.get(key) for key in ("title", RESOLVED_PROFILE))
    return ExperimentFile(
        title=title.value if title is not None else path.stem,
        experiments=tuple(spec for spec in specs if not only or spec.name in only),
        profile=profile if profile is not None else resolved.value if resolved is not None else None,
        plugins=registry.files,
        sources=Sources(str(path), merged),
        registry=registry,
    )


def plugin_files(path: Path) -> list[Path]:
    """The Python files that an experiment file names, without loading them.

    :raises SpecError: the file cannot be read, or names something else.
    """
    return [file for _, file in _plugin_nodes(read_document(path), path)]


@final
@frozen
class Overrides:
    """What ``--set`` changes: keys within every experiment or, behind a name, within one; and what is no change."""

    changes: tuple[tuple[str | None, tuple[str, ...], Node], ...] = ()
    problems: tuple[Problem, ...] = ()

    def of(self, experiment: str) -> list[tuple[tuple[str, ...], Node]]:
        """Key and value of the changes of one experiment, those of all experiments before its own."""
        scopes = (None, experiment)
        return [(key, node) for scope in scopes for named, key, node in self.changes if named == scope]


def read_overrides(arguments: Sequence[str]) -> Overrides:
    """Overrides of the form ``section.key=value`` or ``experiment.<name>.section.key=value``, later ones winning."""
    changes: list[tuple[str | None, tuple[str, ...], Node]] = []
    problems: list[Problem] = []
    for argument in arguments:
        try:
            path, node = parse_assignment(argument)
        except ValueError as error:
            problems.append(problem(Origin(_FLAG, argument), str(error)))
            continue
        scope, target = (None, path) if path[0] != "experiment" else (path[1] if len(path) > 1 else "", path[2:])
        if not target or target[0] not in _SECTIONS:
            name = target[0] if target else ""
            known = (*_SECTIONS, "experiment.<name>") if scope is None else _SECTIONS
            message = f"unknown section '{name}'{suggest(name, known, label='sections')}"
            problems.append(problem(Origin(_FLAG, argument), message))
            continue
        for length in range(1, len(target)):
            node = Node({path[-length]: node}, Origin(_FLAG, dotted(path[:-length])))
        changes.append((scope, target, node))
    return Overrides(tuple(changes), tuple(problems))


def parse_assignment(argument: str) -> tuple[tuple[str, ...], Node]:
    """The dotted key and the value of ``key=value``; what is not TOML, such as a bare word or a path, is a string.

    :raises ValueError: there is no key, no value, or quotes and brackets do not close.
    """
    key, equals, text = argument.partition("=")
    text = text.strip()
    if not equals or not text:
        raise ValueError("must have the form key=value, such as training.batch_size=16")
    try:
        path = parse_key(key)
    except (ValueError, RecursionError):
        raise ValueError(f"'{key}' is not a key; write section.key=value, such as training.batch_size=16") from None
    origin = Origin(_FLAG, dotted(path))
    try:
        value = parse_value(text)
    except ValueError as error:
        if text[0] in "\"'[{" or text.lstrip("+-").isdecimal():
            raise ValueError(f"the value is not valid TOML: {error}") from None
        return path, Node(text, origin)
    return path, grow_at(value, origin) if isinstance(value, (str, list, dict)) else Node(value, origin, text)


def read_options(arguments: Sequence[str]) -> dict[str, Any]:
    """Options of a single component from arguments such as ``dim=8`` or ``classifier.steps=100``.

    :raises SpecError: an argument has not the form ``key=value``.
    """
    options = Node({}, Origin(_FLAG))
    problems: list[Problem] = []
    for argument in arguments:
        try:
            path, node = parse_assignment(argument)
        except ValueError as error:
            problems.append(problem(Origin(_FLAG, argument), str(error)))
            continue
        for part in reversed(path):
            node = Node({part: node}, Origin(_FLAG))
        options = _merge(options, node)
    if problems:
        raise as_error(problems, subject="the options")
    table: dict[str, Any] = options.value
    return table


@final
@frozen
class _Reading:
    root: Node
    path: Path
    registry: Registry

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
        self, profile: str | None, overrides: Overrides
    ) -> tuple[list[ExperimentSpec], dict[str, Node], list[Problem]]:
        """The experiments that hold no mistake, their merged tables by name, and the mistakes of the others."""
        specs: list[ExperimentSpec] = []
        tables: dict[str, Node] = {}
        problems: list[Problem] = []
        for experiment in self.experiments:
            unchanged: Table = {}
            for layer in self._layers(experiment, profile):
                unchanged = _merge_sections(unchanged, layer)
            merged = unchanged
            for key, change in overrides.of(_name_of(experiment)):
                merged = _merge_sections(merged, self._with_shared_options(merged, key, {key[0]: change}))
            node = Node(self._with_defaults(merged, experiment.origin), experiment.origin)
            structurer = Structurer(self.registry)
            spec = structurer.table(node, ExperimentSpec)
            found = [*structurer.problems, *_name_problems(node), *_schedule_problems(node)]
            problems += found
            if not found:
                specs.append(_marked(self._completed(spec), _changed_components(unchanged, merged)))
                tables[spec.name] = node
        scopes = [scope for scope, _, _ in overrides.changes if scope is not None]
        return specs, tables, [*problems, *self.unknown_names(scopes, Origin(_FLAG))]

    def _layers(self, experiment: Node, profile: str | None) -> Iterator[Table]:
        yield {key: node for key, node in self.document.items() if key in _SECTIONS}
        yield experiment.value
        if profile is not None:
            settings = _table(self.profiles.get(profile))
            yield {key: node for key, node in settings.items() if key in _SECTIONS}
            own = _table(_table(settings.get("experiment")).get(_name_of(experiment)))
            yield {key: node for key, node in own.items() if key in _IN_PROFILED_EXPERIMENT}

    def _with_shared_options(self, below: Table, key: tuple[str, ...], change: Table) -> Table:
        """The change; a component exchanged by its type alone keeps the options that the new one has as well."""
        kind = key[0]
        if kind not in _COMPONENTS or key[1:] != ("type",) or kind not in below or not below[kind].is_table:
            return change
        try:
            options_class = self.registry.options_class(kind, str(change[kind].value["type"].value))
        except PluginError:
            return change  # a mistake in the type, which is found where the type is structured
        shared = {each.name for each in attrs.fields(options_class)}
        kept = {name: node for name, node in below[kind].value.items() if name in shared}
        return {kind: Node({**kept, **change[kind].value}, change[kind].origin)}

    def _with_defaults(self, tables: Table, origin: Origin) -> Table:
        tables = {"title": tables.get("name", Node("", origin)), **tables}
        for kind, default in _DEFAULT_TYPES.items():
            section = tables.setdefault(kind, Node({}, origin.under(kind)))
            if section.is_table and "type" not in section.value:
                given = {"type": Node(default, section.origin.under("type")), **section.value}
                tables[kind] = Node(given, section.origin)
        training = tables.setdefault("training", Node({}, origin.under("training")))
        evaluation = tables.setdefault("evaluation", Node({}, origin.under("evaluation")))
        if evaluation.is_table and "metrics" not in evaluation.value:
            metrics = grow_at(["inception-score"], evaluation.origin.under("metrics"))
            tables["evaluation"] = Node({**evaluation.value, "metrics": metrics}, evaluation.origin)
        if training.is_table:
            optimizers = self._optimizers(training, tables.get("loss"))
            rest = {key: node for key, node in training.value.items() if key not in _OPTIMIZERS}
            tables["training"] = Node({**rest, **optimizers}, training.origin)
        return tables

    def _optimizers(self, training: Node, loss: Node | None) -> Table:
        """The optimisers; one without a type is the recommended one of the first loss with other arguments."""
        given = {key: training.value[key] for key in _OPTIMIZERS if key in training.value}
        first = loss.nearest((0, "type"))[0].value if loss is not None else None
        try:
            recommended = dict(self.registry.recommended_optimizer(str(first)))
        except PluginError:
            # what the loss's mistake leaves open is no second mistake
            return {key: node for key, node in given.items() if not node.is_table or "type" in node.value}
        base = grow_at(recommended, training.origin.under("optimizer"))
        filled: Table = {}
        for key in _OPTIMIZERS:
            node = given.get(key)
            if node is None:
                needed = key == "optimizer" and not {*_OPTIMIZERS[1:]} <= given.keys()
                filled |= {key: base} if needed else {}
            elif node.is_table and "type" not in node.value:
                filled[key] = Node({**base.value, **node.value}, node.origin)
            else:
                filled[key] = node
            base = filled[key] if key == "optimizer" and key in filled and filled[key].is_table else base
        return filled

    def _completed(self, spec: ExperimentSpec) -> ExperimentSpec:
        evaluation = spec.evaluation
        if evaluation.every_epochs is None and evaluation.every_steps is None:
            evaluation = attrs.evolve(evaluation, every_epochs=1.0)
        if not evaluation.best_by and evaluation.metrics:
            evaluation = attrs.evolve(evaluation, best_by=self._first_value(evaluation.metrics[0]))
        return attrs.evolve(spec, evaluation=evaluation)

    def _first_value(self, metric: Any) -> str:
        component_class: Any = self.registry.find("metric", metric.type).component_class
        try:
            names = component_class(metric.options).figure_names()
        except Exception:
            return ""  # why it cannot be built is found where it is
        return names[0] if names else ""

    def top_level_problems(self) -> Iterator[Problem]:
        structurer = Structurer(self.registry)
        structurer.refuse_unknown_keys(self.document, _TOP_LEVEL)
        for key in ("title", RESOLVED_PROFILE):
            if key in self.document:
                structurer.value(self.document[key], str)
        profiles = self.document.get("profile")
        if profiles is not None and not profiles.is_table:
            structurer.refuse(profiles, "must be tables, such as [profile.quick]")
        for profile in self.profiles.values():
            self._look_at_profile(profile, structurer)
        yield from structurer.problems
        yield from self._list_problems()
        yield from self._duplicates()

    def _look_at_profile(self, profile: Node, structurer: Structurer) -> None:
        if not profile.is_table:
            structurer.refuse(profile, "must be a table")
            return
        structurer.refuse_unknown_keys(profile.value, (*_SECTIONS, "experiment"))
        by_name = profile.value.get("experiment")
        if by_name is not None and not by_name.is_table:
            structurer.refuse(by_name, "must be tables named after experiments")
        for name, node in _table(by_name).items():
            structurer.problems += self.unknown_names([name], node.origin)
            if node.is_table:
                structurer.refuse_unknown_keys(node.value, _IN_PROFILED_EXPERIMENT)
            else:
                structurer.refuse(node, "must be a table")

    def _list_problems(self) -> Iterator[Problem]:
        listed = self.document.get("experiment")
        if listed is None or listed.value == []:
            yield problem(self.root.origin, "no experiments; each is an [[experiment]] table with a name")
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

    def problems_elsewhere(self, chosen: str | None) -> Iterator[Problem]:
        """Mistakes in profiles that are not asked for, and in values that the chosen one replaces."""
        if chosen is not None:
            _, _, problems = self.resolve(None, Overrides())
            # what is merely missing without the profile may be the profile's to give
            yield from (each for each in problems if each.value)
        for profile in self.profiles:
            if profile != chosen:
                _, _, problems = self.resolve(profile, Overrides())
                yield from (each for each in problems if each.key.startswith("profile."))

    def unknown_names(self, names: Iterable[str], origin: Origin) -> list[Problem]:
        known = {_name_of(experiment) for experiment in self.experiments}
        return [
            problem(origin, f"unknown experiment '{name}'{suggest(name, known, label='experiments')}")
            for name in names
            if name not in known
        ]


def _with_plugins(root: Node, path: Path, registry: Registry) -> Registry:
    listed = [] if registry.files else _plugin_nodes(root, path)
    problems: list[Problem] = []
    for node, file in listed:
        try:
            registry = registry.including(file)
        except PluginError as error:
            problems.append(problem_at(node, str(error)))
    if problems:
        raise as_error(problems, subject=str(path))
    return registry


def _plugin_nodes(root: Node, path: Path) -> list[tuple[Node, Path]]:
    node = root.value.get("plugins", Node([], root.origin))
    if not isinstance(node.value, list) or not all(isinstance(item.value, str) for item in node.value):
        message = 'must be a list of Python files, such as ["critic.py"]'
        raise as_error([problem_at(node, message)], subject=str(path))
    return [(item, (path.parent / item.value).absolute()) for item in node.value]


def _merge_sections(base: Table, over: Table) -> Table:
    """The sections of ``base`` with those of ``over`` laid upon them.

    Tables merge key by key, except that a table with another ``type`` replaces the former wholly: the options of one
    component mean nothing to another. A scoring interval in ``over`` replaces one in the other unit.
    """
    merged = dict(base)
    for name, section in _spelled_out(over).items():
        below = merged.get(name)
        if name == "evaluation" and below is not None and below.is_table and section.is_table:
            replaced = _SCORING_INTERVALS if any(key in section.value for key in _SCORING_INTERVALS) else ()
            kept = {key: node for key, node in below.value.items() if key not in replaced}
            below = Node(kept, below.origin)
        merged[name] = section if below is None else _merge(below, section)
    return merged


def _merge(base: Node, over: Node) -> Node:
    if not (base.is_table and over.is_table) or _type_differs(base.value, over.value):
        return over
    merged = dict(base.value)
    for key, node in over.value.items():
        merged[key] = _merge(merged[key], node) if key in merged else node
    return Node(merged, base.origin)


def _type_differs(base: Table, over: Table) -> bool:
    return "type" in base and "type" in over and base["type"].value != over["type"].value


def _spelled_out(sections: Table) -> Table:
    """The sections with every component or optimiser that is given by its bare name as a table with ``type``."""
    spelled = {key: _with_type(node) if key in (*_COMPONENTS, "callbacks") else node for key, node in sections.items()}
    training = spelled.get("training")
    if training is not None and training.is_table:
        optimizers = {key: _with_type(training.value[key]) for key in _OPTIMIZERS if key in training.value}
        spelled["training"] = Node({**training.value, **optimizers}, training.origin)
    return spelled


def _with_type(component: Node) -> Node:
    if isinstance(component.value, list):
        return Node([_with_type(item) for item in component.value], component.origin)
    return Node({"type": component}, component.origin) if isinstance(component.value, str) else component


def _changed_components(before: Table, after: Table) -> list[str]:
    """What differs between two experiments' components, as it is written behind ``--set``.

    Of datasets only the type counts: where its files lie, and how they are labelled, has to be said by somebody.
    """
    changed: list[str] = []
    for kind in (*_COMPONENTS, "callbacks"):
        old, new = (tables[kind].plain() if kind in tables else None for tables in (before, after))
        if old == new:
            continue
        if not isinstance(new, Mapping) or not isinstance(old, Mapping) or old.get("type") != new.get("type"):
            name = new.get("type") if isinstance(new, Mapping) else new
            if isinstance(name, list):
                name = [each["type"] if isinstance(each, Mapping) and set(each) == {"type"} else each for each in name]
            changed.append(f"{kind} = {name if isinstance(name, str) else written(name)}")
        elif kind != "dataset":
            changed += [f"{kind}.{key} = {written(new[key])}" for key in new if old.get(key) != new[key]]
    return changed


def _marked(spec: ExperimentSpec, changed: Sequence[str]) -> ExperimentSpec:
    return attrs.evolve(spec, title=f"{spec.title} ({', '.join(changed)})", published={}) if changed else spec


def _name_problems(experiment: Node) -> Iterator[Problem]:
    name = experiment.value.get("name")
    if name is None or not isinstance(name.value, str):
        return
    if _FOLDER_NAME.fullmatch(name.value) is None:
        rule = "letters, digits, dots, dashes and underscores, starting with a letter or digit"
        yield problem_at(name, f"names a folder and may hold {rule}")
    elif _NAME_OF_A_REPORT.fullmatch(name.value):
        yield problem_at(name, "names a folder, which must not be called like the files beside it; drop the ending")


def _schedule_problems(experiment: Node) -> Iterator[Problem]:
    training, evaluation = experiment.value["training"], experiment.value["evaluation"]
    if training.is_table and not any(budget in training.value for budget in _BUDGETS):
        yield problem(training.origin, f"no budget; give one of {', '.join(_BUDGETS)} or several")
    if evaluation.is_table and {*_SCORING_INTERVALS} <= evaluation.value.keys():
        yield problem_at(evaluation.value["every_steps"], "give either every_epochs or every_steps")


def _name_of(experiment: Node) -> str:
    name = experiment.value.get("name")
    return name.value if name is not None and isinstance(name.value, str) else ""


def _table(node: Node | None) -> Table:
    return node.value if node is not None and node.is_table else {}
