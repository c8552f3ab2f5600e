from __future__ import annotations

from pathlib import Path

import pytest

from audiogan.errors import CheckpointError
from audiogan_tensorflow.location import checkpoint_files, checkpoint_prefix


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("index", "data-00000-of-00001", "meta"):
        (tmp_path / f"model.ckpt-10.{name}").write_bytes(b"content")
    (tmp_path / "checkpoint").write_text(
        'model_checkpoint_path: "/home/somebody/train/model.ckpt-10"\nall_model_checkpoint_paths: "model.ckpt-3"\n'
    )
    return tmp_path


@pytest.mark.parametrize(
    "named", ["", "checkpoint", *(f"model.ckpt-10{end}" for end in ("", ".index", ".meta", ".data-00000-of-00001"))]
)
def test_any_of_the_files_names_the_checkpoint(named: str, folder: Path) -> None:
    assert checkpoint_prefix(folder / named) == folder / "model.ckpt-10"


def test_a_folder_of_one_checkpoint_needs_no_state_file(folder: Path) -> None:
    (folder / "checkpoint").unlink()
    assert checkpoint_prefix(folder) == folder / "model.ckpt-10"


def test_a_folder_of_several_is_refused_with_their_names(folder: Path) -> None:
    (folder / "checkpoint").unlink()
    (folder / "model.ckpt-20.index").write_bytes(b"")
    with pytest.raises(CheckpointError, match=r"several checkpoints.*model\.ckpt-10\.index, model\.ckpt-20\.index"):
        checkpoint_prefix(folder)


def test_a_state_file_that_names_nothing_is_told(folder: Path) -> None:
    (folder / "checkpoint").write_bytes(b"\xff\x00nonsense")
    with pytest.raises(CheckpointError, match=r"checkpoint: names no checkpoint; give the \.index file"):
        checkpoint_prefix(folder)


def test_a_checkpoint_that_is_noted_and_gone_is_told(folder: Path) -> None:
    (folder / "model.ckpt-10.index").unlink()
    with pytest.raises(CheckpointError, match=r"there is no .*model\.ckpt-10\.index"):
        checkpoint_prefix(folder)


@pytest.mark.parametrize("content", [None, b"", b"text"])
def test_what_is_no_checkpoint_is_refused(content: bytes | None, tmp_path: Path) -> None:
    path = tmp_path / "model.h5"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(CheckpointError, match=r"model\.h5: not a TensorFlow checkpoint: there is no .*\.h5\.index"):
        checkpoint_prefix(path)


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match=r"holds no TensorFlow checkpoint.*'checkpoint'.*\.index"):
        checkpoint_prefix(tmp_path)


def test_a_missing_data_file_is_named(folder: Path) -> None:
    (folder / "model.ckpt-10.data-00000-of-00001").unlink()
    with pytest.raises(CheckpointError, match=r"model\.ckpt-10\.data-00000-of-00001: the checkpoint's data file"):
        checkpoint_prefix(folder)


def test_a_missing_one_of_several_data_files_is_named(folder: Path) -> None:
    (folder / "model.ckpt-10.data-00000-of-00001").rename(folder / "model.ckpt-10.data-00000-of-00002")
    with pytest.raises(CheckpointError, match=r"model\.ckpt-10\.data-00001-of-00002: .* is missing"):
        checkpoint_prefix(folder)


def test_files_of_other_checkpoints_do_not_count(folder: Path) -> None:
    (folder / "model.ckpt-100.index").write_bytes(b"")
    (folder / "model.ckpt-10.npz").write_bytes(b"")
    names = [path.name for path in checkpoint_files(folder / "model.ckpt-10")]
    assert names == ["model.ckpt-10.data-00000-of-00001", "model.ckpt-10.index"]
