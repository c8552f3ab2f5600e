"""Networks and datasets as strangers write them: what they do wrong costs their experiment, and names them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from attrs import frozen
from torch import Tensor, nn

from audiogan.errors import AudioganError
from audiogan.interfaces import DataSpec, Discriminator, DiscriminatorOutput, Loss, Window
from audiogan.registry import Registry, installed
from audiogan.training.checkpoint import read_checkpoint
from tests.run.sitting import json_lines, registry_with, sit
from tests.run.tone_shards import EXPERIMENTS, write_experiments
from tests.training.witness import Witness

Sit = Callable[..., tuple[Path, Witness]]


@frozen
class _NoOptions:
    """Nothing to choose."""


class _Critic(Discriminator):
    """A dense layer over sixteen means."""

    options_class = _NoOptions

    def __init__(self, options: _NoOptions, data: DataSpec) -> None:
        super().__init__()
        self.dense = nn.Linear(16, 1)

    def forward(self, samples: Tensor, labels: Tensor | None = None) -> Any:
        scores: Tensor = self.dense(samples.reshape(len(samples), 16, -1).mean(2))
        return scores.squeeze(1)


QUICK = (
    EXPERIMENTS.replace('discriminator = { type = "lstm", hidden_size = 3, frame_size = 64 }\n', "")
    .replace('{ type = "wgan-gp" }', '{ type = "lsgan" }\ntraining.steps = 1')
    .replace(
        "every_steps = 4\nsamples = 20\nfinal_samples = 24\npreviews = 2",
        "every_steps = 8\nsamples = 20\nfinal_samples = 20",
    )
)
FIRST_STEPS = QUICK.replace('name = "lsgan"', 'name = "lsgan"\ndiscriminator = "critic"')
"""The first experiment has the critic; the second only shows that it runs."""


@pytest.fixture
def sit_with(shard: Path, tmp_path: Path) -> Sit:
    """Runs the two experiments, the first of them with a critic of one's own; gives the run's folder."""

    def run(critic: type[Any], *, text: str = FIRST_STEPS, registry: Registry | None = None, **more: Any) -> Any:
        witness = Witness()
        registry = registry or registry_with("discriminator", "critic", critic)
        sit(write_experiments(tmp_path, shard, text=text), tmp_path / "run", registry=registry, witness=witness, **more)
        return tmp_path / "run", witness

    return run


def _fails(folder: Path, witness: Witness) -> str:
    """The first experiment failed, the second did not; what was said of it."""
    assert witness.of("end") == [("lsgan", "failed"), ("lstm-wgan-gp", "finished")]
    result = json.loads((folder / "lsgan" / "result.json").read_text())
    assert result["status"] == "failed"
    assert "failed" in (folder / "table.md").read_text()
    return str(result["error"])


def _line_of(function: Callable[..., Any], offset: int) -> str:
    return f"{__file__}, line {function.__code__.co_firstlineno + offset}"


@pytest.mark.parametrize("call", [3, 13, 40], ids=["rehearsal", "measuring", "training"])
def test_a_critic_that_raises_fails_its_experiment_alone(call: int, sit_with: Sit) -> None:
    calls = iter(range(1, 10_000))

    class Tired(_Critic):
        def forward(self, samples: Tensor, labels: Tensor | None = None) -> Any:
            if next(calls) >= call:
                raise ValueError("too tired")
            return super().forward(samples, labels)

    folder, witness = sit_with(Tired)
    error = _fails(folder, witness)
    assert error.startswith("discriminator 'critic' of tests 0 fails")
    assert f"ValueError: too tired ({_line_of(Tired.forward, 2)})" in error
    written = (folder / "lsgan" / "traceback.txt").read_text()
    assert written.endswith("ValueError: too tired\n")
    assert str(folder / "lsgan" / "traceback.txt") in witness.of("warning")[-1][0]


class _OneColumn(_Critic):
    def forward(self, samples: Tensor, labels: Tensor | None = None) -> Any:
        return super().forward(samples).unsqueeze(1)


class _Tuple(_Critic):
    def forward(self, samples: Tensor, labels: Tensor | None = None) -> Any:
        scores = super().forward(samples)
        return scores, scores


class _NotFinite(_Critic):
    def forward(self, samples: Tensor, labels: Tensor | None = None) -> Any:
        return super().forward(samples) * torch.nan


class _Doubles(_Critic):
    def forward(self, samples: Tensor, labels: Tensor | None = None) -> Any:
        return super().forward(samples).double()


class _Detached(_Critic):
    def forward(self, samples: Tensor, labels: Tensor | None = None) -> Any:
        return super().forward(samples).detach()


class _WithoutLabels(_Critic):
    def forward(self, samples: Tensor) -> Any:  # type: ignore[override]  # the mistake
        return super().forward(samples)


@pytest.mark.parametrize(
    ("critic", "fault"),
    [
        (_OneColumn, "scores have shape [2, 1]"),
        (_Tuple, "forward gives a tuple"),
        (_NotFinite, "before any update, scores are not all finite"),
        (_Doubles, "scores are torch.float64, not torch.float32"),
        (_WithoutLabels, "takes 2 positional arguments but 3 were given"),
    ],
)
def test_a_critic_that_breaks_its_interface_is_named_before_the_first_step(
    critic: type[Any], fault: str, sit_with: Sit
) -> None:
    folder, witness = sit_with(critic)
    error = _fails(folder, witness)
    assert error.startswith("discriminator 'critic' of tests 0 ")
    assert fault in error
    assert f"({__file__}, line " in error
    assert not (folder / "lsgan" / "metrics.jsonl").exists()


def test_a_detached_critic_is_found_by_the_first_loss(sit_with: Sit) -> None:
    error = _fails(*sit_with(_Detached))
    assert "discriminator_terms's term 'adversarial' has no gradient" in error


def test_a_backward_pass_that_fails_is_a_fault_of_a_component(sit_with: Sit) -> None:
    class InPlace(_Critic):
        def forward(self, samples: Tensor, labels: Tensor | None = None) -> Any:
            squares = super().forward(samples).exp()
            squares.mul_(2) if samples.requires_grad or len(samples) != 2 else None
            return squares

    assert "inplace operation" in _fails(*sit_with(InPlace))


def test_heads_of_positions_and_features_train(sit_with: Sit) -> None:
    class Heads(_Critic):
        def forward(self, samples: Tensor, labels: Tensor | None = None) -> Any:
            assert labels is not None
            means = samples.reshape(len(samples), 16, -1).mean(2)
            return DiscriminatorOutput((super().forward(samples), means * self.dense.weight), ((means,), (means,)))

    _, witness = sit_with(Heads, only=["lsgan"])
    assert witness.of("end") == [("lsgan", "finished")]


def _weight_normed() -> type[Discriminator]:
    class WeightNormed(_Critic):
        def __init__(self, options: _NoOptions, data: DataSpec) -> None:
            super().__init__(options, data)
            with pytest.warns(FutureWarning):
                nn.utils.weight_norm(self.dense)

    return WeightNormed


def _lazy() -> type[Discriminator]:
    class Lazy(_Critic):
        def __init__(self, options: _NoOptions, data: DataSpec) -> None:
            super().__init__(options, data)
            self.dense = nn.LazyLinear(1)

    return Lazy


def _counting() -> type[Discriminator]:
    class Counting(_Critic):
        def __init__(self, options: _NoOptions, data: DataSpec) -> None:
            super().__init__(options, data)
            self.passes = {"train": 0}

        def forward(self, samples: Tensor, labels: Tensor | None = None) -> Any:
            self.passes["train"] += 1
            return super().forward(samples)

        def get_extra_state(self) -> dict[str, int]:
            return self.passes

        def set_extra_state(self, state: Mapping[str, int]) -> None:
            self.passes = dict(state)

    return Counting


@pytest.mark.parametrize("critic_of", [_weight_normed, _lazy, _counting])
def test_it_trains_and_resumes(critic_of: Callable[[], type[Discriminator]], sit_with: Sit, tmp_path: Path) -> None:
    folder, witness = sit_with(critic_of(), only=["lsgan"])
    assert witness.of("end") == [("lsgan", "finished")]
    (tmp_path / "longer").mkdir()
    (folder / "lsgan").rename(tmp_path / "once")
    sit_with(critic_of(), only=["lsgan"], overrides=["training.steps=4"])
    sit_with(critic_of(), only=["lsgan"])
    latest = "checkpoints/latest.safetensors"
    once, resumed = (read_checkpoint(path / latest) for path in (tmp_path / "once", folder / "lsgan"))
    assert once.tensors.keys() == resumed.tensors.keys()
    for name, tensor in once.tensors.items():
        assert torch.equal(tensor, resumed.tensors[name]), name
    assert once.document["extra_state"] == resumed.document["extra_state"]
    steps = [
        [line for line in json_lines(path / "metrics.jsonl") if line["kind"] == "step"]
        for path in (tmp_path / "once", folder / "lsgan")
    ]
    assert steps[0] == steps[1]


def test_state_that_no_checkpoint_can_hold_is_refused_before_training(sit_with: Sit) -> None:
    class Unstorable(_Critic):
        def get_extra_state(self) -> Any:
            return {1, 2}

        def set_extra_state(self, state: Any) -> None:
            pass

    folder, witness = sit_with(Unstorable)
    assert "discriminator: _extra_state of its state is set, which a checkpoint cannot hold" in _fails(folder, witness)
    assert not (folder / "lsgan" / "metrics.jsonl").exists()


def test_networks_are_built_once(sit_with: Sit) -> None:
    built: list[int] = []

    class Counted(_Critic):
        def __init__(self, options: _NoOptions, data: DataSpec) -> None:
            super().__init__(options, data)
            built.append(1)

    sit_with(Counted, only=["lsgan"])
    assert len(built) == 1


def test_losses_that_leave_the_critic_alone_are_refused(sit_with: Sit) -> None:
    class GeneratorOnly(Loss):
        options_class = _NoOptions

        def __init__(self, options: _NoOptions) -> None:
            super().__init__()

        def generator_terms(self, fake: Any, real: Any, step: Any) -> Mapping[str, Tensor]:
            return {"adversarial": fake.scores[0].mean()}

    text = QUICK.replace('loss = { type = "lsgan" }', 'loss = "generator-only"')
    with pytest.raises(AudioganError, match="none of the losses gives the discriminator a term"):
        sit_with(_Critic, text=text, registry=registry_with("loss", "generator-only", GeneratorOnly), only=["lsgan"])


def _tones_with(fault: Callable[[int], Window]) -> type[Any]:
    tones: Any = installed().entries["dataset"]["tfrecord"].component_class

    class Faulty(tones):  # type: ignore[misc]  # of a class that is found at run time
        def window(self, index: int, *, rng: np.random.Generator) -> Window:
            return fault(index)

        def write_window(self, index: int, *, rng: Any, into: Any) -> int | None:
            window = self.window(index, rng=rng())
            into[:] = window.waveform
            return window.label

    return Faulty


def _short(index: int) -> Window:
    return Window(np.zeros((1, 1023), dtype=np.float32), 0)


def _absent(index: int) -> Window:
    if index >= 0:
        raise KeyError("speaker")
    return _short(index)


def _mislabelled(index: int) -> Window:
    return Window(np.zeros((1, 1024), dtype=np.float32), 3)


@pytest.mark.parametrize(
    ("fault", "text"),
    [
        (_short, "window 0 has shape [1, 1023], not [1, 1024]"),
        (_absent, "window 0: KeyError: 'speaker'"),
        (_mislabelled, "window 0 has label 3, but class_names has 3"),
    ],
)
def test_a_faulty_dataset_is_named_with_the_window(fault: Callable[[int], Window], text: str, sit_with: Sit) -> None:
    registry = registry_with("dataset", "tfrecord", _tones_with(fault))
    try:
        folder, _ = sit_with(_Critic, text=QUICK, registry=registry)
        error = json.loads((folder / "lsgan" / "result.json").read_text())["error"]
    except Exception as refused:  # a window that fails at once refuses the whole run
        error = str(refused)
    assert "dataset 'tfrecord' of tests 0 " in error
    assert text in error
