from __future__ import annotations

import os
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audiogan.errors import CheckpointError
from audiogan_tensorflow.moments import read_moments

MEAN = np.linspace(-9, 2, 129, dtype=np.float32)
STD = np.linspace(0, 3, 129, dtype=np.float32)


def written(content: Any, folder: Path, *, protocol: int = 2) -> Path:
    path = folder / "moments.pkl"
    path.write_bytes(content if isinstance(content, bytes) else pickle.dumps(content, protocol=protocol))
    return path


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_moments_of_any_protocol(protocol: int, tmp_path: Path) -> None:
    moments = read_moments(written((MEAN, STD.astype(np.float64)), tmp_path, protocol=protocol))
    np.testing.assert_array_equal(moments.mean, MEAN)
    np.testing.assert_array_equal(moments.std, STD)
    assert moments.std.dtype == np.float32


def test_a_pickle_of_python_2_and_early_numpy(tmp_path: Path) -> None:
    modern = pickle.dumps((MEAN, STD), protocol=2)
    early = modern.replace(b"numpy._core.multiarray", b"numpy.core.multiarray")
    assert b"numpy.core.multiarray" in early
    np.testing.assert_array_equal(read_moments(written(early, tmp_path)).mean, MEAN)


class Hostile:
    def __reduce__(self) -> Any:
        return os.mkdir, ("made by a pickle",)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ((Hostile(), STD), r"it asks for posix\.mkdir"),
        ((MEAN,), "not enough values"),
        ((MEAN, STD, STD), "too many values"),
        ((MEAN[:128], STD), r"its mean has shape \(128,\), not \(129,\)"),
        ((MEAN, -1 - STD), "its standard deviation holds values that no standard deviation has"),
        ((MEAN * np.nan, STD), "its mean holds values that no mean has"),
        (("mean", "std"), "could not convert string"),
        (b"", "Ran out of input"),
        (b"\x00" * (1 << 20) + b"\x00", "1048577 bytes are too many"),
    ],
)
def test_other_content_is_refused(content: Any, told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(CheckpointError, match=f"moments.pkl: not a pickle of SpecGAN's mean.*{told}"):
        read_moments(written(content, tmp_path))
    assert [path.name for path in tmp_path.iterdir()] == ["moments.pkl"]


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match=r"none\.pkl: cannot be read \(No such file or directory\)"):
        read_moments(tmp_path / "none.pkl")


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(at=st.integers(0, 1300), value=st.integers(0, 255))
def test_a_damaged_pickle_is_read_or_refused(at: int, value: int, tmp_path: Path) -> None:
    content = bytearray(pickle.dumps((MEAN, STD), protocol=4))
    content[at % len(content)] = value
    path = written(bytes(content), tmp_path)
    try:
        moments = read_moments(path)
    except CheckpointError:
        return
    assert moments.mean.shape == moments.std.shape == (129,)
    assert np.isfinite(moments.mean).all()
