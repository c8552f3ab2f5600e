from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import nn

from audiogan.errors import SpecError
from audiogan.spec.schema import OptimizerSpec
from audiogan.training.optimizers import build_optimizer, optimizer_classes, refusals
from tests.run.sitting import registry_with


def _parameters() -> list[nn.Parameter]:
    return [nn.Parameter(torch.zeros(2))]


@pytest.mark.parametrize("name", ["Adam", "RMSprop", "SGD", "AdamW", "Adagrad", "NAdam"])
def test_the_usual_optimisers_are_named_as_torch_names_them(name: str) -> None:
    assert name in optimizer_classes()
    assert type(build_optimizer(OptimizerSpec(name), _parameters(), where="here")) is getattr(torch.optim, name)


@pytest.mark.parametrize(("name", "meant"), [("adam", "Adam"), ("RMSProp", "RMSprop"), ("sgd", "SGD")])
def test_case_does_not_matter(name: str, meant: str) -> None:
    assert type(build_optimizer(OptimizerSpec(name), _parameters(), where="here")).__name__ == meant


@pytest.mark.parametrize("name", ["Optimizer", "LBFGS", "SparseAdam", "lr_scheduler"])
def test_what_cannot_train_a_network_here_is_not_offered(name: str) -> None:
    assert name not in optimizer_classes()
    with pytest.raises(SpecError, match="unknown optimiser"):
        build_optimizer(OptimizerSpec(name), _parameters(), where="here")


@pytest.mark.parametrize("name", optimizer_classes())
def test_every_optimiser_on_offer_takes_a_step(name: str) -> None:
    parameter = nn.Parameter(torch.ones(2, 2))
    optimizer = build_optimizer(OptimizerSpec(name, {"lr": 0.1}), [parameter], where="here")
    parameter.square().sum().backward()  # type: ignore[no-untyped-call]  # torch leaves it unannotated
    optimizer.step()
    assert not torch.equal(parameter, torch.ones(2, 2))
    assert torch.isfinite(parameter).all()


def test_an_unknown_name_is_answered_with_the_nearest() -> None:
    with pytest.raises(SpecError) as caught:
        build_optimizer(OptimizerSpec("Adamm"), _parameters(), where="training.optimizer")
    assert str(caught.value).startswith("training.optimizer.type: unknown optimiser 'Adamm'; did you mean 'Adam'?")
    assert "RMSprop" in str(caught.value)


@pytest.mark.parametrize(
    "arguments",
    [
        {"lr": -1.0},
        {"learning_rate": 0.1},
        {"lr": "fast"},
        {"betas": [0.5]},
        {"betas": [0.5, 0.9, 0.9]},
        {"betas": 0.5},
        {"betas": [0.5, 1.5]},
        {"params": []},
        {"weight_decay": None},
        {"foreach": True, "fused": True},
    ],
    ids=str,
)
def test_arguments_that_torch_refuses_are_told_with_the_key(arguments: dict[str, Any]) -> None:
    with pytest.raises(SpecError, match=r"training\.generator_optimizer: optimiser Adam refuses"):
        build_optimizer(OptimizerSpec("Adam", arguments), _parameters(), where="training.generator_optimizer")


def test_lists_of_the_file_become_torchs_tuples() -> None:
    optimizer = build_optimizer(OptimizerSpec("Adam", {"betas": [0.5, 0.9], "lr": 0.25}), _parameters(), where="here")
    assert optimizer.param_groups[0]["betas"] == (0.5, 0.9)
    assert optimizer.param_groups[0]["lr"] == 0.25


@pytest.mark.parametrize(
    ("spec", "found"),
    [
        (OptimizerSpec("Adam", {"betas": [0.5, 0.9], "lr": 0.25}), []),
        (OptimizerSpec("SGD", {"nesterov": True, "momentum": 0.9}), []),
        (OptimizerSpec("SGD", {"nesterov": 1}), [("nesterov", "must be true or false")]),
        (OptimizerSpec("Adam", {"lr": "1e-4"}), [("lr", "must be a number; write it without quotes: 0.0001")]),
        (OptimizerSpec("Adam", {"lr": "fast"}), [("lr", "must be a number")]),
        (OptimizerSpec("Adam", {"betas": [0.5]}), [("betas", "must be a list of 2 numbers")]),
        (OptimizerSpec("Adam", {"betas": 0.5}), [("betas", "must be a list of 2 numbers")]),
        (
            OptimizerSpec("SGD", {"nesterov": True, "lr": -1, "momentum": 0.9}),
            [("lr", "optimiser SGD refuses it: Invalid learning rate: -1")],
        ),
        (
            OptimizerSpec("SGD", {"lr": -1, "momentum": -2, "x": 3}),
            [
                ("x", "optimiser SGD has no such argument"),
                ("lr", "optimiser SGD refuses it: Invalid learning rate: -1"),
                ("momentum", "optimiser SGD refuses it: Invalid momentum value: -2"),
            ],
        ),
        (OptimizerSpec("Adamm", {"lr": -1}), [("type", "unknown optimiser 'Adamm'; did you mean 'Adam'?")]),
    ],
    ids=str,
)
def test_every_argument_that_is_refused_is_named(spec: OptimizerSpec, found: list[tuple[str, str]]) -> None:
    told = refusals(spec, torch.device("cpu"))
    assert [(key, message.partition("; known")[0].partition(" installed")[0]) for key, message in told] == found


def test_every_optimiser_on_offer_takes_its_defaults() -> None:
    for name in optimizer_classes():
        assert refusals(OptimizerSpec(name), torch.device("cpu")) == []


def test_a_registered_optimiser_is_found_by_its_name_whatever_the_case() -> None:
    class Signs(torch.optim.SGD):
        """Torch's, under a name of its own."""

    registry = registry_with("optimizer", "Signs", Signs)
    optimizer = build_optimizer(OptimizerSpec("signs", {"lr": 0.5}), _parameters(), where="here", registry=registry)
    assert type(optimizer) is Signs
    assert refusals(OptimizerSpec("Signs", {"lr": -1}), torch.device("cpu"), registry)[0][0] == "lr"
    assert refusals(OptimizerSpec("Signs"), torch.device("cpu"))[0][0] == "type"
