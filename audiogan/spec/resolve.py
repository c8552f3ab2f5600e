"""One experiment from its merged tables: defaults filled in, structured, every mistake located."""

from __future__ import annotations

import re
from typing import Any, final

import attrs
from attrs import field, frozen
from cattrs import BaseValidationError, Converter

from audiogan.errors import PluginError
from audiogan.spec.catalog import Catalog
from audiogan.spec.complaints import complaints_of
from audiogan.spec.components import experiment_converter
from audiogan.spec.merge import COMPONENT_SECTIONS, DEFAULT, merge_sections
from audiogan.spec.overrides import Change
from audiogan.spec.problems import Problem, problem_at
from audiogan.spec.schema import ExperimentSpec, OptimizerSpec
from audiogan.spec.sources import located
from audiogan.spec.tree import Node, Table, grow_at

_FOLDER_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}(?<!\.)")
_BUDGETS = ("epochs", "steps", "duration_s")
_DEFAULTS = grow_at(
    {
        "dataset": {"type": "bach-piano"},
        "representation": {"type": "waveform"},
        "training": {},
        "evaluation": {"metrics": ["inception-score"]},
    },
    DEFAULT,
).value


@final
@frozen
class Resolver:
    """Turns the merged tables of an experiment into its spec."""

    catalog: Catalog
    _converter: Converter = field(
        init=False, default=attrs.Factory(lambda self: experiment_converter(self.catalog), takes_self=True)
    )

    def merge_change(self, sections: Table, change: Change) -> Table:
        """The sections with ``change`` laid upon them.

        A component that is exchanged by its type alone keeps the options that the new one has by the same name.
        """
        over = dict(change.sections)
        for kind in change.retyped.intersection(COMPONENT_SECTIONS, sections):
            below, above = sections[kind], over[kind]
            if below.is_table and above.is_table:
                shared = self._option_names(kind, above.value["type"].value)
                kept = {name: node for name, node in below.value.items() if name in shared}
                over[kind] = Node({**kept, **above.value}, above.origin)
        return merge_sections(sections, over)

    def _option_names(self, kind: str, name: Any) -> frozenset[str]:
        if not isinstance(name, str):
            return frozenset()
        try:
            return frozenset(field.name for field in attrs.fields(self.catalog.options_class(kind, name)))
        except PluginError:
            # a mistake in the type, which is told where the type is structured
            return frozenset()

    def resolve(self, experiment: Node) -> tuple[ExperimentSpec | None, list[Problem]]:
        """The spec of a merged ``[[experiment]]`` table, or ``None`` and the mistakes that stand in its way."""
        tables = merge_sections(_DEFAULTS, experiment.value)
        tables.setdefault("title", tables.get("name", Node("", experiment.origin)))
        experiment = Node(tables, experiment.origin)
        problems = [*_name_problems(experiment), *self._absences(experiment), *_schedule_problems(experiment)]
        raw = experiment.plain()
        try:
            spec: ExperimentSpec = self._converter.structure(raw, ExperimentSpec)
        except BaseValidationError as error:
            named_above = {("name",), *((kind,) for kind in COMPONENT_SECTIONS)}
            complaints = [
                complaint
                for complaint in complaints_of(error)
                if not (complaint.path in named_above and complaint.path[0] not in tables)
            ]
            return None, [*problems, *(located(experiment, each.path, each.message) for each in complaints)]
        return (None, problems) if problems else (self._with_defaults(spec), [])

    def _absences(self, experiment: Node) -> list[Problem]:
        return [
            Problem(
                experiment.origin.under(kind),
                f"missing; installed: {', '.join(self.catalog.names(kind)) or 'none'}",
            )
            for kind in COMPONENT_SECTIONS
            if kind not in experiment.value
        ]

    def _with_defaults(self, spec: ExperimentSpec) -> ExperimentSpec:
        training, evaluation = spec.training, spec.evaluation
        of_networks = (training.generator_optimizer, training.discriminator_optimizer)
        if training.optimizer is None and None in of_networks:
            arguments = dict(self.catalog.recommended_optimizer(spec.loss[0].type))
            training = attrs.evolve(training, optimizer=OptimizerSpec(arguments.pop("type"), arguments))
        if evaluation.every_epochs is None and evaluation.every_steps is None:
            evaluation = attrs.evolve(evaluation, every_epochs=1.0)
        return attrs.evolve(spec, training=training, evaluation=evaluation)


def is_folder_name(name: str) -> bool:
    """Whether ``name`` can be the name of a folder everywhere: letters, digits, dots, dashes, underscores."""
    return _FOLDER_NAME.fullmatch(name) is not None


def _name_problems(experiment: Node) -> list[Problem]:
    name = experiment.value.get("name")
    if name is None:
        return [Problem(experiment.origin.under("name"), "missing; it names the experiment's folder")]
    if isinstance(name.value, str) and not is_folder_name(name.value):
        rule = "letters, digits, dots, dashes and underscores, starting with a letter or digit"
        return [problem_at(name, f"names a folder and may hold {rule}")]
    return []


def _schedule_problems(experiment: Node) -> list[Problem]:
    problems = []
    tables: Table = experiment.value
    training, evaluation = tables["training"], tables["evaluation"]
    if training.is_table and not any(budget in training.value for budget in _BUDGETS):
        origin = experiment.origin.under("training") if training.origin == DEFAULT else training.origin
        problems.append(Problem(origin, f"no budget; give one of {', '.join(_BUDGETS)} or several"))
    if evaluation.is_table and {"every_epochs", "every_steps"} <= evaluation.value.keys():
        problems.append(problem_at(evaluation.value["every_steps"], "give either every_epochs or every_steps"))
    return problems
