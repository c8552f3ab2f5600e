from __future__ import annotations

import json
import os
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from safetensors.torch import save, save_file
from torch import Tensor, nn

from audiogan.errors import CheckpointError
from audiogan.spec.schema import OptimizerSpec
from audiogan.training.checkpoint import (
    Checkpoint,
    read_checkpoint,
    read_document,
    write_checkpoint,
)
from audiogan.training.snapshot import load_module
from audiogan.training.trainer import Trainer
from tests.training.linear_gan import CPU, LinearDiscriminator, batches, linear_components, training_spec


def module_tensors(prefix: str, module: nn.Module) -> dict[str, Tensor]:
    return {f"{prefix}.{name}": tensor for name, tensor in module.state_dict().items()}


DOCUMENT = {"state": {"step": 3, "best": None}, "text": 'quotes " and ümlauts', "numbers": [0.1, 1e-300, 2**60]}


def _checkpoint() -> Checkpoint:
    torch.manual_seed(3)
    return Checkpoint(
        {
            "a.weight": torch.randn(3, 2),
            "a.scalar": torch.tensor(2.5, dtype=torch.float64),
            "empty": torch.zeros(0, 4),
            "random": torch.get_rng_state()[:16],
            "transposed": torch.randn(2, 3).T,
        },
        DOCUMENT,
    )


def test_what_is_written_is_read(tmp_path: Path) -> None:
    path = tmp_path / "new" / "folder" / "latest.safetensors"
    written = _checkpoint()
    write_checkpoint(path, written)
    read = read_checkpoint(path)
    assert read.document == read_document(path) == DOCUMENT
    assert read.tensors.keys() == written.tensors.keys()
    for name, tensor in written.tensors.items():
        assert read.tensors[name].dtype == tensor.dtype
        assert torch.equal(read.tensors[name], tensor), name
    assert list(path.parent.iterdir()) == [path]


class _Tied(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.one = nn.Linear(2, 2, bias=False)
        self.other = nn.Linear(2, 2, bias=False)
        self.other.weight = self.one.weight
        self.register_buffer("view", self.one.weight.detach()[0])


def test_tied_weights_and_views_survive(tmp_path: Path) -> None:
    module = _Tied()
    with torch.no_grad():
        module.one.weight.copy_(torch.tensor([[1.0, 2.0], [3.0, 4.0]]))
    write_checkpoint(tmp_path / "tied", Checkpoint(module_tensors("tied", module), {}))
    fresh = _Tied()
    load_module("tied", fresh, read_checkpoint(tmp_path / "tied"))
    assert fresh.other.weight is fresh.one.weight
    assert fresh.one.weight.tolist() == [[1.0, 2.0], [3.0, 4.0]]
    assert fresh.get_buffer("view").tolist() == [1.0, 2.0]


def test_a_prefix_that_begins_another_is_kept_apart(tmp_path: Path) -> None:
    one, other = nn.Linear(1, 1), nn.Linear(2, 2)
    tensors = {**module_tensors("generator", one), **module_tensors("generator_average", other)}
    write_checkpoint(tmp_path / "c", Checkpoint(tensors, {}))
    fresh = nn.Linear(1, 1)
    load_module("generator", fresh, read_checkpoint(tmp_path / "c"))
    assert torch.equal(fresh.weight, one.weight)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("whole") / "latest.safetensors"
    write_checkpoint(path, _checkpoint())
    return path.read_bytes()


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("damaged") / "latest.safetensors"


def test_every_truncation_is_noticed(whole: bytes, target: Path) -> None:
    for length in range(len(whole)):
        target.write_bytes(whole[:length])
        for read in (read_checkpoint, read_document):
            with pytest.raises(CheckpointError, match=r"latest\.safetensors: the checkpoint is damaged"):
                read(target)


def test_a_flipped_bit_in_a_tensor_is_noticed(whole: bytes, target: Path) -> None:
    first_tensor_byte = 8 + int.from_bytes(whole[:8], "little")
    for position in range(first_tensor_byte, len(whole)):
        damaged = bytearray(whole)
        damaged[position] ^= 1
        target.write_bytes(bytes(damaged))
        with pytest.raises(CheckpointError, match="does not have its checksum"):
            read_checkpoint(target)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_damage_anywhere_is_an_error_in_words_or_none_at_all(whole: bytes, target: Path, data: st.DataObject) -> None:
    damaged = bytearray(whole)
    for _ in range(data.draw(st.integers(1, 3))):
        damaged[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    target.write_bytes(bytes(damaged))
    for read in (read_checkpoint, read_document):
        # anything but a CheckpointError, warnings included, fails the test
        with suppress(CheckpointError):
            read(target)


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"", "damaged"),
        (b"not a checkpoint", "damaged"),
        (bytes(1000), "damaged"),
        (b"\xff" * 64, "damaged"),
    ],
)
def test_other_files_are_refused(content: bytes, complaint: str, target: Path) -> None:
    target.write_bytes(content)
    with pytest.raises(CheckpointError, match=complaint):
        read_checkpoint(target)


def test_anothers_safetensors_file_is_refused(target: Path) -> None:
    save_file({"weight": torch.zeros(1)}, target)
    with pytest.raises(CheckpointError, match="not a checkpoint of audiogan"):
        read_checkpoint(target)
    save_file({"weight": torch.zeros(1)}, target, metadata={"format": "pt"})
    with pytest.raises(CheckpointError, match="not a checkpoint of audiogan"):
        read_document(target)


@pytest.mark.parametrize("header", ["", "{", "[]", "3", "null", "{}", '{"format": 1}', '{"format": "1"}', "\\u0000"])
def test_a_header_of_another_kind_is_refused(header: str, target: Path) -> None:
    target.write_bytes(save({"weight": torch.zeros(1)}, metadata={"audiogan": header}))
    with pytest.raises(CheckpointError, match=r"latest\.safetensors: "):
        read_document(target)


def test_a_missing_file_and_a_folder_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match="there is no checkpoint"):
        read_checkpoint(tmp_path / "none.safetensors")
    with pytest.raises(CheckpointError, match="damaged"):
        read_checkpoint(tmp_path)


@pytest.mark.parametrize("failing", ["replace", "fsync", "write"])
def test_a_failing_disk_leaves_the_previous_checkpoint(
    failing: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "latest.safetensors"
    write_checkpoint(path, _checkpoint())
    before = path.read_bytes()

    def refuse(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    if failing == "write":
        monkeypatch.setattr(Path, "open", refuse)
    else:
        monkeypatch.setattr(Path if failing == "replace" else os, failing, refuse)
    with pytest.raises(CheckpointError, match=r"latest\.safetensors.*No space.*previous checkpoint is still there"):
        write_checkpoint(path, Checkpoint({"other": torch.zeros(2)}, {}))
    monkeypatch.undo()
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]
    assert read_checkpoint(path).document == DOCUMENT


def test_a_failing_disk_promises_no_checkpoint_that_there_never_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(CheckpointError) as error:
        write_checkpoint(tmp_path / "best.safetensors", _checkpoint())
    assert str(error.value).endswith("free space, or choose a folder you may write to")


def test_a_checkpoint_of_other_layers_names_them() -> None:
    checkpoint = Checkpoint(module_tensors("generator", nn.Linear(2, 3)), {})
    with pytest.raises(CheckpointError, match=r"the checkpoint's generator does not fit[\s\S]*weight"):
        load_module("generator", nn.Linear(2, 4), checkpoint)
    with pytest.raises(CheckpointError, match=r"generator does not fit[\s\S]*bias"):
        load_module("generator", nn.Linear(2, 3, bias=False), checkpoint)


def test_optimiser_state_crosses_json_without_loss(tmp_path: Path) -> None:
    arguments = {"lr": 0.1, "betas": [0.1, 0.123456789012345678]}
    training = training_spec(optimizer=OptimizerSpec("Adam", arguments))
    trainer = Trainer(linear_components(), training, device=CPU)
    trainer.step(batches(trainer, training))
    write_checkpoint(tmp_path / "c", trainer.checkpoint())
    read = read_checkpoint(tmp_path / "c")
    fresh = Trainer(linear_components(), training, device=CPU)
    fresh.restore(read)
    again, kept = fresh.checkpoint(), trainer.checkpoint()
    assert {name.rpartition(".")[2] for name in kept.under("generator_optimizer")} == {"step", "exp_avg", "exp_avg_sq"}
    assert again.tensors.keys() == kept.tensors.keys()
    for name, tensor in kept.tensors.items():
        assert torch.equal(again.tensors[name], tensor), name
    (group,) = json.loads(json.dumps(again.document["generator_optimizer"]["param_groups"]))
    assert group["betas"] == [0.1, 0.123456789012345678]
    assert group["lr"] == 0.1


class _Biasless(LinearDiscriminator):
    def __init__(self) -> None:
        super().__init__()
        self.dense = nn.Linear(4, 1, bias=False)


def test_an_optimiser_of_more_parameters_is_refused() -> None:
    checkpoint = Trainer(linear_components(), training_spec(), device=CPU).checkpoint()
    fewer = Trainer(linear_components(discriminator=_Biasless()), training_spec(), device=CPU)
    # the networks' own tensors are made to fit, so that the optimiser is what does not
    tensors = {name: tensor for name, tensor in checkpoint.tensors.items() if name != "discriminator.dense.bias"}
    with pytest.raises(CheckpointError, match="the checkpoint's discriminator_optimizer does not fit"):
        fewer.restore(Checkpoint(tensors, checkpoint.document))


class _Telling(LinearDiscriminator):
    """Keeps something beside its tensors."""

    def __init__(self, told: Any = None) -> None:
        super().__init__()
        self.told = told

    def get_extra_state(self) -> Any:
        return self.told

    def set_extra_state(self, state: Any) -> None:
        self.told = state


def test_extra_state_of_a_module_is_kept_where_json_can_hold_it(tmp_path: Path) -> None:
    told = {"calls": 3, "names": ["a", "b"], "rate": 0.1}
    trainer = Trainer(linear_components(discriminator=_Telling(told)), training_spec(), device=CPU)
    write_checkpoint(tmp_path / "c", trainer.checkpoint())
    fresh = _Telling()
    Trainer(linear_components(discriminator=fresh), training_spec(), device=CPU).restore(
        read_checkpoint(tmp_path / "c")
    )
    assert fresh.told == told
    unkept = Trainer(linear_components(discriminator=_Telling({1, 2})), training_spec(), device=CPU)
    with pytest.raises(CheckpointError, match="discriminator: _extra_state of its state is set"):
        unkept.checkpoint()
