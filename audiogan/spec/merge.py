"""One experiment out of layers: shared tables, its own, the profile's, overrides."""

from __future__ import annotations

from audiogan.spec.tree import Node, Origin, Table

COMPONENT_SECTIONS = ("dataset", "representation", "generator", "discriminator", "loss")
LIST_SECTIONS = ("loss", "callbacks")
"""Those that may be, or are, lists of components."""
SECTIONS = (*COMPONENT_SECTIONS, "callbacks", "training", "evaluation")
DEFAULT = Origin("default")
"""The origin of what nobody wrote."""
_OPTIMIZERS = ("optimizer", "generator_optimizer", "discriminator_optimizer")
_SCORING_INTERVALS = ("every_epochs", "every_steps")


def with_types_spelled_out(sections: Table) -> Table:
    """The sections with every component or optimiser that is given by its bare name as a table with ``type``."""
    spelled = dict(sections)
    for name in COMPONENT_SECTIONS:
        if name in spelled:
            spelled[name] = _spelled_out(spelled[name])
    for name in LIST_SECTIONS:
        if name in spelled and isinstance(spelled[name].value, list):
            spelled[name] = Node([_spelled_out(each) for each in spelled[name].value], spelled[name].origin)
    training = spelled.get("training")
    if training is not None and training.is_table:
        optimizers = {key: _spelled_out(training.value[key]) for key in _OPTIMIZERS if key in training.value}
        spelled["training"] = Node({**training.value, **optimizers}, training.origin)
    return spelled


def _spelled_out(component: Node) -> Node:
    return Node({"type": component}, component.origin) if isinstance(component.value, str) else component


def merge_sections(base: Table, over: Table) -> Table:
    """The sections of ``base`` with those of ``over`` laid upon them, both with types spelled out.

    Tables merge key by key, except that a table with another ``type`` replaces the former wholly: the options of one
    component mean nothing to another. A scoring interval in ``over`` replaces one in the other unit.
    """
    merged = dict(base)
    for name, section in over.items():
        below = merged.get(name)
        if name == "evaluation" and below is not None and below.is_table and section.is_table:
            below = _without_replaced_interval(below, section)
        merged[name] = section if below is None else _merge(below, section)
    return merged


def _merge(base: Node, over: Node) -> Node:
    if not (base.is_table and over.is_table) or _type_differs(base.value, over.value):
        return over
    merged = dict(base.value)
    for key, node in over.value.items():
        merged[key] = _merge(merged[key], node) if key in merged else node
    return Node(merged, over.origin if base.origin == DEFAULT else base.origin)


def _type_differs(base: Table, over: Table) -> bool:
    return "type" in base and "type" in over and base["type"].value != over["type"].value


def _without_replaced_interval(below: Node, over: Node) -> Node:
    if not any(key in over.value for key in _SCORING_INTERVALS):
        return below
    return Node({key: node for key, node in below.value.items() if key not in _SCORING_INTERVALS}, below.origin)
