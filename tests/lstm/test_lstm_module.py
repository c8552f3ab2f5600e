"""``audiogan.LSTM`` beside ``torch.nn.LSTM``."""

from __future__ import annotations

import copy
import io
import pickle
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence

import audiogan
from audiogan import AudioganError
from audiogan.nn import twice_differentiable

jit: Any = torch.jit

VARIANTS: list[dict[str, Any]] = [
    {},
    {"num_layers": 2},
    {"num_layers": 3, "bias": False},
    {"batch_first": True},
    {"bidirectional": True},
    {"num_layers": 3, "bidirectional": True, "batch_first": True},
    {"num_layers": 2, "bidirectional": True, "bias": False},
]

in_every_variant = pytest.mark.parametrize("options", VARIANTS, ids=str)
in_every_size = pytest.mark.parametrize(
    ("steps", "batch", "inputs", "hidden"), [(1, 1, 1, 1), (6, 3, 4, 7), (3, 5, 2, 65)]
)


def pair(inputs: int, hidden: int, **options: Any) -> tuple[audiogan.LSTM, nn.LSTM]:
    """The two modules with equal weights, in double precision."""
    theirs = nn.LSTM(inputs, hidden, **options).double()
    ours = audiogan.LSTM(inputs, hidden, **options).double()
    ours.load_state_dict(theirs.state_dict())
    return ours, theirs


def sequences(steps: int, batch: int, inputs: int, *, batch_first: bool = False, **_: Any) -> Tensor:
    shape = (batch, steps, inputs) if batch_first else (steps, batch, inputs)
    return torch.randn(shape, dtype=torch.float64, requires_grad=True)


def states(module: nn.LSTM, batch: int) -> tuple[Tensor, Tensor]:
    shape = (module.num_layers * (1 + module.bidirectional), batch, module.hidden_size)
    h_0, c_0 = torch.randn(2, *shape, dtype=torch.float64).unbind()
    return h_0.requires_grad_(), c_0.requires_grad_()


def results_and_gradients(module: nn.LSTM, x: Tensor, initial: tuple[Tensor, Tensor]) -> list[Tensor]:
    """Results, gradients and second gradients with respect to input, states and weights, the same for equal calls."""
    with twice_differentiable():
        output, (h_n, c_n) = module(x, initial)
    sources = [x, *initial, *module.parameters()]
    total = (
        (output * torch.linspace(-1, 1, output.numel()).view(output.shape)).sum() + h_n.sin().sum() + c_n.cos().sum()
    )
    gradients = torch.autograd.grad(total, sources, create_graph=True)
    squares = torch.stack([gradient.square().sum() for gradient in gradients]).sum()
    return [output, h_n, c_n, *gradients, *torch.autograd.grad(squares, sources)]


@in_every_variant
@in_every_size
def test_results_gradients_and_second_gradients_are_torchs(
    steps: int, batch: int, inputs: int, hidden: int, options: dict[str, Any]
) -> None:
    ours, theirs = pair(inputs, hidden, **options)
    x, initial = sequences(steps, batch, inputs, **options), states(theirs, batch)
    for found, expected in zip(
        results_and_gradients(ours, x, initial), results_and_gradients(theirs, x, initial), strict=True
    ):
        torch.testing.assert_close(found, expected, rtol=1e-9, atol=1e-9)


@in_every_variant
def test_states_start_at_zero(options: dict[str, Any]) -> None:
    ours, theirs = pair(2, 3, **options)
    x = sequences(4, 2, 2, **options)
    output, (h_n, c_n) = ours(x)
    expected, (expected_h, expected_c) = theirs(x)
    torch.testing.assert_close((output, h_n, c_n), (expected, expected_h, expected_c))


@in_every_variant
def test_one_sequence_needs_no_batch(options: dict[str, Any]) -> None:
    ours, theirs = pair(2, 3, **options)
    x = torch.randn(5, 2, dtype=torch.float64)
    h_0, c_0 = (state.detach().squeeze(1) for state in states(theirs, 1))
    for found, expected in (
        (ours(x), theirs(x)),
        (ours(x, (h_0, c_0)), theirs(x, (h_0, c_0))),
    ):
        torch.testing.assert_close(found, expected)


@in_every_variant
def test_equal_seeds_draw_equal_weights(options: dict[str, Any]) -> None:
    drawn = []
    for module_class in (audiogan.LSTM, nn.LSTM):
        torch.manual_seed(7)
        drawn.append(module_class(4, 5, **options).state_dict())
    assert list(drawn[0]) == list(drawn[1])
    assert all(torch.equal(drawn[0][name], drawn[1][name]) for name in drawn[0])


@in_every_variant
def test_weights_load_both_ways(options: dict[str, Any]) -> None:
    ours, theirs = audiogan.LSTM(4, 5, **options), nn.LSTM(4, 5, **options)
    theirs.load_state_dict(ours.state_dict())
    x = sequences(3, 2, 4, **options).float().detach()
    torch.testing.assert_close(ours(x), theirs(x))
    with pytest.raises(RuntimeError, match="size mismatch for weight_hh_l0"):
        ours.load_state_dict(nn.LSTM(4, 6, **options).state_dict())


@pytest.mark.parametrize("bidirectional", [False, True])
def test_dropout_falls_between_layers_while_training(bidirectional: bool) -> None:
    ours, theirs = pair(3, 5, num_layers=3, dropout=0.4, bidirectional=bidirectional)
    x = sequences(7, 2, 3)
    found = []
    for module in (ours, theirs):
        torch.manual_seed(3)
        with twice_differentiable():
            found.append(module(x)[0])
    torch.testing.assert_close(found[0], found[1])
    assert not torch.equal(ours(x)[0], ours(x)[0])
    ours.eval()
    theirs.eval()
    torch.testing.assert_close(ours(x)[0], theirs(x)[0])


def test_inputs_of_any_strides_give_the_same() -> None:
    ours, _ = pair(4, 6, num_layers=2)
    x = sequences(5, 3, 4).detach()
    expected = ours(x)[0]
    for laid_out in (
        x.transpose(0, 1).contiguous().transpose(0, 1),
        x.permute(2, 1, 0).contiguous().permute(2, 1, 0),
        torch.randn(5, 3, 8, dtype=torch.float64)[..., ::2].copy_(x),
    ):
        assert not laid_out.is_contiguous()
        torch.testing.assert_close(ours(laid_out)[0], expected)


def test_layers_in_both_directions_agree_with_differences() -> None:
    module = audiogan.LSTM(1, 2, num_layers=2, bidirectional=True).double()
    x = sequences(3, 2, 1)
    names = [name for name, _ in module.named_parameters()]

    def apply(x: Tensor, *weights: Tensor) -> Tensor:
        outputs: Tensor = torch.func.functional_call(module, dict(zip(names, weights, strict=True)), (x,))[0]
        return outputs

    assert torch.autograd.gradcheck(apply, (x, *module.parameters()))
    assert torch.autograd.gradgradcheck(apply, (x, *module.parameters()), fast_mode=True)


def test_autocast_computes_in_the_weights_dtype() -> None:
    module = audiogan.LSTM(4, 6, num_layers=2)
    x, initial = torch.randn(5, 3, 4), (torch.randn(2, 3, 6), torch.randn(2, 3, 6))
    expected = module(x, initial)[0]
    with torch.autocast("cpu", dtype=torch.bfloat16):
        torch.testing.assert_close(module(x, initial)[0], expected)
        halves = module(x.bfloat16(), (initial[0].bfloat16(), initial[1].bfloat16()))[0]
        torch.autograd.backward(halves.sum())
    assert halves.dtype == torch.float32
    torch.testing.assert_close(halves, expected, rtol=0.05, atol=0.02)
    assert module.weight_hh_l0.grad is not None


def test_a_compiled_model_computes_the_same() -> None:
    class Scores(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.lstm = audiogan.LSTM(3, 5, num_layers=2)

        def forward(self, x: Tensor) -> Tensor:
            outputs: Tensor = self.lstm(x)[0]
            return outputs.square().sum()

    scores, x = Scores(), torch.randn(4, 2, 3, requires_grad=True)
    compiled: Any = torch.compile(scores, backend="eager")
    found = []
    for network in (scores, compiled):
        (gradient,) = torch.autograd.grad(network(x), x, create_graph=True)
        found.append([gradient, *torch.autograd.grad(gradient.square().sum(), list(scores.parameters()))])
    torch.testing.assert_close(found[1], found[0])


@in_every_variant
@pytest.mark.parametrize("transposed", [False, True])
def test_results_and_gradients_have_torchs_strides(options: dict[str, Any], transposed: bool) -> None:
    ours, theirs = pair(2, 3, **options)
    laid_out = []
    for module in (ours, theirs):
        x = torch.randn(4, 5, 2, dtype=torch.float64)
        # A product, because the gradient of a leaf takes the leaf's strides, whatever the module gives.
        x = (x.transpose(0, 1) if transposed else x).requires_grad_() * 1
        output, (h_n, c_n) = module(x)
        gradients = torch.autograd.grad(output.sum(), [x, *module.parameters()])
        laid_out.append([tensor.stride() for tensor in (output, h_n, c_n, *gradients)])
    assert laid_out[0] == laid_out[1]


def test_tensors_without_numbers_have_torchs_shapes() -> None:
    x = torch.randn(5, 2, 4, device="meta")
    found, expected = (kind(4, 3, device="meta")(x) for kind in (audiogan.LSTM, nn.LSTM))
    assert found[0].shape == expected[0].shape
    assert [state.shape for state in found[1]] == [state.shape for state in expected[1]]


@in_every_variant
@pytest.mark.parametrize("how", ["exported", "traced", "scripted"])
@pytest.mark.filterwarnings(  # torch's own, which torch.nn.LSTM causes as well
    "ignore:.*torch.jit:DeprecationWarning",
    "ignore::torch.jit.TracerWarning",
    "ignore:The tensor attributes .*_flat_weights:UserWarning",
)
def test_recorded_models_compute_the_same(options: dict[str, Any], how: str) -> None:
    class Scores(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.lstm = audiogan.LSTM(3, 5, **options)

        def forward(self, x: Tensor) -> Tensor:
            outputs: Tensor = self.lstm(x)[0]
            return outputs.square().sum(2)

    scores, x = Scores().eval(), torch.randn(4, 2, 3)
    if how == "exported":
        recorded: Any = torch.export.export(scores, (x,)).module()
    elif how == "traced":
        recorded = jit.trace(scores, x)
    else:
        recorded = jit.script(scores)
    torch.testing.assert_close(recorded(x), scores(x))


@pytest.mark.parametrize("copied", ["deepcopy", "pickle", "save", "double and back", "flatten_parameters"])
def test_copies_compute_the_same(copied: str) -> None:
    module = audiogan.LSTM(3, 5, num_layers=2, bidirectional=True, implementation="reference")
    x = torch.randn(4, 2, 3)
    expected = module(x)[0]
    if copied == "deepcopy":
        module = copy.deepcopy(module)
    elif copied == "pickle":
        module = pickle.loads(pickle.dumps(module))
    elif copied == "save":
        file = io.BytesIO()
        torch.save(module, file)
        file.seek(0)
        module = torch.load(file, weights_only=False)
    elif copied == "double and back":
        module = module.double().float()
    else:
        module.flatten_parameters()
    torch.testing.assert_close(module(x)[0], expected)
    assert module.implementation == "reference"


def test_it_prints_as_torchs() -> None:
    options: dict[str, Any] = {"num_layers": 2, "bias": False, "batch_first": True, "bidirectional": True}
    assert repr(audiogan.LSTM(4, 5, **options)) == repr(nn.LSTM(4, 5, **options))
    assert repr(audiogan.LSTM(4, 5, implementation="reference")) == "LSTM(4, 5, implementation='reference')"


def test_projections_are_refused() -> None:
    with pytest.raises(ValueError, match=r"no projections: proj_size = 3; use 0, or torch\.nn\.LSTM"):
        audiogan.LSTM(4, 5, proj_size=3)


def test_an_unknown_implementation_is_refused() -> None:
    with pytest.raises(AudioganError, match="implementation 'gpu': the LSTM has no such implementation"):
        audiogan.LSTM(4, 5, implementation="gpu")


def test_packed_sequences_are_refused() -> None:
    packed: Any = pack_padded_sequence(torch.zeros(3, 2, 4), torch.tensor([3, 2]))
    with pytest.raises(TypeError, match="takes no PackedSequence; pad the sequences instead"):
        audiogan.LSTM(4, 5)(packed)


@pytest.mark.parametrize(
    ("hx", "described"),
    [
        ((torch.zeros(1, 2, 6),), "tuple of Tensor"),
        ([torch.zeros(1, 2, 6)] * 3, "list of Tensor, Tensor, Tensor"),
        ((torch.zeros(1, 2, 6), None), "tuple of Tensor, NoneType"),
        ((), "tuple of nothing"),
        (torch.zeros(2, 1, 2, 6), "Tensor"),
    ],
)
def test_what_is_no_pair_of_states_is_refused(hx: Any, described: str) -> None:
    with pytest.raises(TypeError, match=rf"hx must be None or two tensors, \(h_0, c_0\), not {described}$"):
        audiogan.LSTM(4, 6)(torch.zeros(3, 2, 4), hx)


@pytest.mark.parametrize(
    ("x", "initial", "error", "message"),
    [
        (torch.zeros(4), None, ValueError, "expected input to be 2D or 3D, got 1D"),
        (torch.zeros(3, 2, 5), None, RuntimeError, "expected 4, got 5"),
        (torch.zeros(0, 2, 4), None, RuntimeError, "at least one step"),
        (
            torch.zeros(3, 2, 4),
            (torch.zeros(1, 3, 6), torch.zeros(1, 2, 6)),
            RuntimeError,
            r"expected hidden\[0\] size",
        ),
        (
            torch.zeros(3, 2, 4),
            (torch.zeros(1, 2, 6), torch.zeros(1, 2, 5)),
            RuntimeError,
            r"hidden\[1\] size \(1, 2, 6\)",
        ),
        (torch.zeros(3, 4), (torch.zeros(1, 1, 6), torch.zeros(1, 1, 6)), RuntimeError, r"\(1, 6\), got \(1, 1, 6\)"),
        (
            torch.zeros(3, 2, 4, device="meta"),
            None,
            ValueError,
            "on cpu, and the input torch.float32 on meta",
        ),
        (torch.zeros(3, 2, 4).double(), None, ValueError, "torch.float32 on cpu, and the input torch.float64"),
    ],
)
def test_misfits_are_refused_where_torch_refuses_them(
    x: Tensor, initial: tuple[Tensor, Tensor] | None, error: type[Exception], message: str
) -> None:
    with pytest.raises((ValueError, RuntimeError)):
        nn.LSTM(4, 6)(x, initial)
    with pytest.raises(error, match=message):
        audiogan.LSTM(4, 6)(x, initial)
