from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.numpy import save_file

from audiogan.build import build
from audiogan.cli import main
from audiogan.evaluation.classifier import load_classifier
from audiogan.registry import installed
from audiogan.spec import read_experiments
from audiogan.testing import waveform_data
from audiogan.training.checkpoint import read_checkpoint
from audiogan.training.snapshot import load_module
from audiogan_tensorflow.classifier import SC09_CLASSES
from tests.golden.recipe import Golden
from tests.plugins.tensorflow.bundles import wavegan_variables, write_checkpoints

GOLDEN = Path(__file__).parents[2] / "golden" / "wavegan_checkpoint"
NAME = "model.ckpt-103005"


def told(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> str:
    assert main(["import-tensorflow", *map(str, arguments)]) == 2
    message = capsys.readouterr().err
    assert message.startswith("audiogan: ")
    assert "Traceback" not in message
    return message


def imitate_tensorflow(folder: Path, source: str, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "tensorflow.py").write_text(source)
    monkeypatch.setenv("PYTHONPATH", str(folder))


def test_the_golden_checkpoint_gives_the_golden_waveforms(
    golden: Callable[[str], Golden], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "new" / "run"
    assert main(["import-tensorflow", str(GOLDEN), str(out)]) == 0
    printed = capsys.readouterr().out
    assert "wavegan generator, dim 2, kernel_size 25, latent_dim 100, upsample zeros: 1 x 16384 samples" in printed
    assert "16000 Hz (--sample-rate)" in printed
    assert "left out" not in printed

    (spec,) = read_experiments(out / "spec.toml", registry=installed()).experiments
    checkpoint = read_checkpoint(out / "wavegan" / "checkpoints" / "best.safetensors")
    assert checkpoint.document["data"] == {
        "sample_shape": [1, 16_384],
        "sample_rate": 16_000,
        "channels": 1,
        "window_length": 16_384,
        "class_names": [],
    }
    assert checkpoint.document["state"]["step"] == spec.training.steps == 103_005
    generator = build("generator", spec.generator, installed(), data=waveform_data(16_384))
    load_module("generator", generator, checkpoint)
    reference = golden("wavegan_checkpoint")
    with torch.no_grad():
        waveforms = generator.eval()(torch.from_numpy(reference.inputs["z"]))
    expected = torch.from_numpy(reference.outputs["G_z"]).transpose(1, 2)
    torch.testing.assert_close(waveforms, expected, rtol=0, atol=1e-5)

    source = json.loads((out / "wavegan" / "import.json").read_text())
    assert source["checkpoint"] == NAME
    assert set(source["sha256"]) == {f"{NAME}.index", f"{NAME}.data-00000-of-00001"}
    assert main(["generate", str(out / "wavegan"), str(tmp_path / "wav"), "-n", "2"]) == 0
    assert len(list((tmp_path / "wav").glob("*.wav"))) == 2


def test_a_classifier_written_by_tensorflow(
    golden: Callable[[str], Golden], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    reference = golden("sc09_classifier")
    prefix = tmp_path / "best_acc-103005"
    velocity = {"classifier/dense/kernel/Momentum": np.zeros((8192, 10), dtype=np.float32)}
    write_checkpoints({prefix: {**reference.weights, **velocity, "global_step": np.array(103_005)}})
    out = tmp_path / "sc09"
    assert main(["import-tensorflow", f"{prefix}.index", str(out)]) == 0
    printed = capsys.readouterr().out
    assert "classifier of 10 classes, dim 128, windows of 16384 samples" in printed
    assert "left out: Momentum (1)" in printed
    assert "the classes Zero, One" in printed
    classifier = load_classifier(out, device="cpu")
    assert classifier.class_names == SC09_CLASSES
    probabilities = classifier.probabilities(torch.from_numpy(reference.inputs["x"])[:, None])
    np.testing.assert_allclose(probabilities, reference.outputs["scores"], rtol=0, atol=1e-6)
    assert not list(tmp_path.glob(".*partial"))


@pytest.mark.parametrize("part", ["index", "data-00000-of-00001"])
def test_damaged_files_are_told_in_the_words_of_tensorflow(
    part: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = Path(shutil.copytree(GOLDEN, tmp_path / "train"))
    path = folder / f"{NAME}.{part}"
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0xFF
    path.write_bytes(content)
    message = told(capsys, folder, tmp_path / "out")
    assert f"{folder / NAME}: the checkpoint is damaged: " in message
    assert "hecksum" in message or "corrupt" in message or "does not match" in message
    assert not (tmp_path / "out").exists()


def test_a_file_that_is_cut_off_is_told_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = Path(shutil.copytree(GOLDEN, tmp_path / "train"))
    os.truncate(folder / f"{NAME}.data-00000-of-00001", 5000)
    message = told(capsys, folder, tmp_path / "out")
    assert message.count(str(folder / NAME)) == 1
    assert message.rstrip().endswith("copy its files again")


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("raise ImportError('none here')", "is not installed (none here); pip install 'audiogan[tensorflow]'"),
        ("import os; os._exit(3)", "TensorFlow ended with status 3 while reading it; copy its files again"),
    ],
)
def test_a_tensorflow_that_does_not_answer_is_told(
    source: str,
    expected: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    imitate_tensorflow(tmp_path, source, monkeypatch)
    assert expected in told(capsys, GOLDEN, tmp_path / "out")


def imitate_variables(names: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    imitate_tensorflow(
        folder,
        f"""
class train:
    class load_checkpoint:
        def __init__(self, prefix): pass
        def get_variable_to_shape_map(self): return dict.fromkeys({names}, [2])
        def get_tensor(self, name): return ["a", "b"]
""",
        monkeypatch,
    )


@pytest.mark.parametrize(
    ("names", "options", "expected"),
    [
        ("['resnet/kernel', 'step']", [], "holds neither generator nor classifier, whose variables the original calls"),
        ("['resnet/kernel', 'step']", [], "\n  it holds resnet/…, step\n"),
        ("['G/a/kernel', 'classifier/a/kernel']", [], "holds generator and classifier; choose one with --kind"),
        ("['G/a/kernel']", ["--kind", "classifier"], "no 'classifier/conv2d/kernel'"),
        ("['G/a/kernel']", ["--classes", "a,b"], "--classes says nothing about a generator; leave it out"),
        ("['classifier/a/kernel']", ["--window-length", "1"], "--window-length says nothing about a classifier"),
        ("['G/a/kernel']", ["--sample-rate", "0"], "--sample-rate must be at least 1, not 0"),
        ("['G/a/kernel']", [], "which a generator of the original has\n  it holds G/…\n"),
    ],
)
def test_networks_and_options_that_do_not_fit_are_refused(
    names: str,
    options: list[str],
    expected: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    imitate_variables(names, tmp_path, monkeypatch)
    assert expected in told(capsys, GOLDEN, tmp_path / "out", *options)
    assert not (tmp_path / "out").exists()


def test_an_output_that_is_there_is_left_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine").write_text("kept")
    assert "out: exists and is not empty" in told(capsys, GOLDEN, tmp_path / "out")
    (tmp_path / "file").write_text("kept")
    assert "file: is a file, not a folder" in told(capsys, GOLDEN, tmp_path / "file")
    assert (tmp_path / "out" / "mine").read_text() == "kept"


def test_an_output_below_a_file_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("in the way")
    message = told(capsys, GOLDEN, tmp_path / "file" / "out")
    assert f"cannot be written ({tmp_path / 'file'} is a file, not a folder" in message


def imitate_generator(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save_file(wavegan_variables(), folder / "arrays.safetensors")
    imitate_tensorflow(
        folder,
        f"""
import safetensors.numpy
class train:
    class load_checkpoint:
        def __init__(self, prefix): self.arrays = safetensors.numpy.load_file({str(folder / "arrays.safetensors")!r})
        def get_variable_to_shape_map(self): return {{name: list(array.shape) for name, array in self.arrays.items()}}
        def get_tensor(self, name): return self.arrays[name]
""",
        monkeypatch,
    )


@pytest.mark.parametrize("failing", ["audiogan.files.os.fsync", "audiogan_tensorflow.generator.write_json"])
def test_a_folder_that_cannot_be_filled_leaves_nothing(
    failing: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_arguments: object) -> None:
        raise OSError(28, "No space left on device")

    imitate_generator(tmp_path, monkeypatch)
    monkeypatch.setattr(failing, full)
    message = told(capsys, GOLDEN, tmp_path / "folder" / "out")
    assert message.startswith(f"audiogan: {tmp_path / 'folder' / 'out'}")
    assert "cannot be written (" in message
    assert "No space left on device" in message
    assert "previous checkpoint" not in message
    assert "partial" not in message
    assert list((tmp_path / "folder").iterdir()) == []


def test_a_stop_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    begun = tmp_path / "begun"
    imitate_tensorflow(
        tmp_path, f"import pathlib, time; pathlib.Path({str(begun)!r}).touch(); time.sleep(60)", monkeypatch
    )
    out = tmp_path / "folder" / "out"
    command = [sys.executable, "-m", "audiogan", "import-tensorflow", str(GOLDEN), str(out)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as process:
        deadline = time.monotonic() + 60
        while not begun.exists():
            assert time.monotonic() < deadline
            assert process.poll() is None
            time.sleep(0.02)
        process.send_signal(signal.SIGTERM)
        _, message = process.communicate(timeout=30)
    assert (process.returncode, message) == (143, "audiogan: stopped\n")
    assert not out.parent.exists()
