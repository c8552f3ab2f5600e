from __future__ import annotations

import re

import pytest

from audiogan.cli import main

Capture = pytest.CaptureFixture[str]

# Table 2 of the study
GENERATOR = """\
input z ~ Uniform(-1, 1) | | (n, 100)
dense | (100, 16384) | (n, 16384)
reshape, ReLU | | (n, 16, 1024)
transposed conv 1-D, stride 4, ReLU | (25, 1024, 512) | (n, 64, 512)
transposed conv 1-D, stride 4, ReLU | (25, 512, 256) | (n, 256, 256)
transposed conv 1-D, stride 4, ReLU | (25, 256, 128) | (n, 1024, 128)
transposed conv 1-D, stride 4, ReLU | (25, 128, 64) | (n, 4096, 64)
transposed conv 1-D, stride 4, tanh | (25, 64, 1) | (n, 16384, 1)
"""

# Table 3 of the study
LSTM_CONV = """\
input x or G(z) | | (n, 16384, 1)
reshape | | (n, 4096, 4)
LSTM, 64 units | | (n, 4096, 64)
LSTM, 64 units, ReLU | | (n, 4096, 64)
conv 1-D, stride 4, ReLU | (25, 64, 128) | (n, 1024, 128)
conv 1-D, stride 4, ReLU | (25, 128, 256) | (n, 256, 256)
conv 1-D, stride 4, ReLU | (25, 256, 512) | (n, 64, 512)
conv 1-D, stride 4, ReLU | (25, 512, 1024) | (n, 16, 1024)
reshape | | (n, 16384)
dense | (16384, 1) | (n, 1)
"""


def layers(output: str) -> str:
    table = output[output.index("  operation") :].splitlines()[1:]
    starts = [output.splitlines()[output.splitlines().index(_heading(output))].index(word) for word in _COLUMNS]
    cells = [[line[a:b].strip() for a, b in zip(starts, [*starts[1:], None], strict=True)] for line in table]
    return "".join(" | ".join(row).replace("|  |", "| |") + "\n" for row in cells)


_COLUMNS = ("operation", "kernel", "output")


def _heading(output: str) -> str:
    return next(line for line in output.splitlines() if line.split() == [*_COLUMNS])


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [(["wavegan", "--kind", "generator"], GENERATOR), (["lstm-conv"], LSTM_CONV)],
)
def test_the_studys_tables(capsys: Capture, arguments: list[str], expected: str) -> None:
    assert main(["describe", *arguments]) == 0
    assert layers(capsys.readouterr().out) == expected


def test_options_with_type_default_unit_and_description(capsys: Capture) -> None:
    assert main(["describe", "lstm-conv"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("discriminator 'lstm-conv' from audiogan 0.1.0\n")
    assert re.search(r"^  hidden_size +int +64 +units of every LSTM layer$", out, re.MULTILINE)
    assert re.search(r"^  frame_size +int +4 +samples +samples that a time step reads$", out, re.MULTILINE)
    assert re.search(r"^  readout +'all' \| 'last' +\"all\" ", out, re.MULTILINE)


def test_a_name_of_two_kinds_prints_both(capsys: Capture) -> None:
    assert main(["describe", "wavegan"]) == 0
    out = capsys.readouterr().out
    assert "generator 'wavegan' from" in out
    assert "\n\ndiscriminator 'wavegan' from" in out


def test_options_and_window_change_the_layers(capsys: Capture) -> None:
    arguments = ["--kind", "generator", "--set", "dim=2", "--window-length", "4096", "--channels", "2"]
    assert main(["describe", "wavegan", *arguments]) == 0
    out = capsys.readouterr().out
    assert "Layers for samples of shape (2, 4096)" in out
    assert layers(out).splitlines()[-1] == "transposed conv 1-D, stride 4, tanh | (25, 2, 2) | (n, 4096, 2)"


def test_a_spectrogram_network_is_shown_what_its_representation_makes(capsys: Capture) -> None:
    assert main(["describe", "specgan", "--kind", "discriminator"]) == 0
    assert "Layers for samples of shape (1, 128, 128)" in capsys.readouterr().out
    assert main(["describe", "specgan", "--kind", "discriminator", "--sample-shape", "1,64,64"]) == 0
    assert "Layers for samples of shape (1, 64, 64)" in capsys.readouterr().out


def test_everything_installed(capsys: Capture) -> None:
    assert main(["describe"]) == 0
    out = capsys.readouterr().out
    for row in (r"dataset +bach-piano", r"loss +wgan-gp", r"metric +inception-score", r"representation +spectrogram"):
        assert re.search(rf"^  {row} +audiogan 0\.1\.0  ", out, re.MULTILINE)
    assert main(["describe", "--kind", "loss"]) == 0
    assert "bach-piano" not in capsys.readouterr().out


def test_a_loss_tells_its_optimizer(capsys: Capture) -> None:
    assert main(["describe", "wgan-gp"]) == 0
    assert 'Recommended optimiser: type = "Adam", lr = 0.0001, betas = [0.5, 0.9]' in capsys.readouterr().out


def test_sections_of_the_file_and_nested_options(capsys: Capture) -> None:
    assert main(["describe", "training"]) == 0
    assert re.search(r"^  batch_size +int +64 +windows", capsys.readouterr().out, re.MULTILINE)
    assert main(["describe", "evaluation"]) == 0
    assert re.search(r"^  samples +int +5000 +windows", capsys.readouterr().out, re.MULTILINE)
    assert main(["describe", "inception-score"]) == 0
    assert re.search(r"^  classifier\.dim +int ", capsys.readouterr().out, re.MULTILINE)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["lstm-cnov"], "audiogan: nothing called 'lstm-cnov' is installed; did you mean 'lstm-conv'?"),
        (["wavegan", "--kind", "loss"], "audiogan: unknown loss 'wavegan'; did you mean"),
        (["lstm", "--set", "dmi=3"], "audiogan: discriminator 'lstm': dmi = 3: unknown key"),
        (["lstm", "--set", "frame_size"], "--set: frame_size: must have the form key=value"),
        (["wavegan", "--kind", "generator", "--window-length", "63"], "63 samples"),
    ],
)
def test_mistakes(capsys: Capture, arguments: list[str], message: str) -> None:
    assert main(["describe", *arguments]) == 2
    assert message in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [["--sample-shape", "1,x"], ["--sample-shape", ""], ["--window-length", "0"]])
def test_shapes_that_are_none(capsys: Capture, arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as leaving:
        main(["describe", "wavegan", *arguments])
    assert leaving.value.code == 2
    assert "must be an integer of at least 1" in capsys.readouterr().err


def test_ruled_tables_on_a_terminal(capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    assert main(["describe", "wgan"]) == 0
    out = capsys.readouterr().out
    assert "──" in out
    assert "clip" in out
