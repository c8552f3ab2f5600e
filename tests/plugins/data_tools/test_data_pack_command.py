"""``audiogan data pack`` as its user meets it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

import audiogan
from audiogan.cli import main

RATE = 8000


@pytest.fixture
def digits(tmp_path: Path) -> Path:
    """Recordings named as those of the Free Spoken Digit Dataset: digit, speaker, number."""
    folder = tmp_path / "digits"
    folder.mkdir()
    random = np.random.default_rng(0)
    for digit in range(3):
        for number in range(4):
            samples = random.normal(0, 0.1, 1000 + 100 * number).clip(-1, 1)
            soundfile.write(folder / f"{digit}_jo_{number}.wav", samples, RATE)
    return folder


def test_what_is_packed_is_a_dataset(digits: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "packed"
    labels = ["--label-pattern", r"^(?P<label>\d)_", "--held-out-pattern", r"_0\.wav$"]
    assert main(["data", "pack", str(digits), str(out), "--sample-rate", str(RATE), *labels, "--jobs", "1"]) == 0
    assert capsys.readouterr().out.splitlines()[-2:] == [
        f"test: 3 clips in 1 shards, {out}/test-*",
        f"train: 9 clips in 1 shards, {out}/train-*",
    ]
    dataset = audiogan.create(
        "dataset",
        "tfrecord",
        {
            "path": f"{out}/train-*",
            "held_out_path": f"{out}/test-*",
            "label_feature": "label",
            "sample_rate": RATE,
            "window_length": 1024,
        },
    )
    assert len(dataset) == 9
    assert dataset.class_names == ("0", "1", "2")
    held_out = dataset.held_out()
    assert held_out is not None
    assert len(held_out) == 3


def test_labels_come_from_folders_or_a_table(digits: Path, tmp_path: Path) -> None:
    table = tmp_path / "labels.csv"
    names = sorted(path.name for path in digits.iterdir())
    table.write_text(
        "name,class\n" + "".join(f"{name},{'even' if int(name[0]) % 2 == 0 else 'odd'}\n" for name in names)
    )
    by_table = ["--label-table", str(table), "--file-column", "name", "--label-column", "class"]
    for out, how, expected in (("a", ["--label-folder"], ("digits",)), ("b", by_table, ("even", "odd"))):
        assert main(["data", "pack", str(digits), str(tmp_path / out), *how, "--jobs", "1"]) == 0
        dataset = audiogan.create(
            "dataset", "tfrecord", {"path": f"{tmp_path}/{out}/train-*", "label_feature": "label"}
        )
        assert dataset.class_names == expected


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--clip-seconds", "long"], "--clip-seconds long: give 0.01 seconds or more, or 'whole'"),
        (["--clip-seconds", "nan"], "--clip-seconds nan"),
        (["--clip-seconds", "inf"], "--clip-seconds inf"),
        (["--clip-seconds", "1e-9"], "--clip-seconds 1e-9: give 0.01 seconds or more"),
        (["--sample-rate", "0"], "--sample-rate 0: must be from 1000 to 192000"),
        (["--sample-rate", "3000000000"], "--sample-rate 3000000000: must be from 1000 to 192000"),
        (["--channels", "0"], "--channels 0: must be at least 1"),
        (["--channels", "2"], "1 channel where channels = 2 is asked for; set repeat_mono = true to repeat it"),
        (["--label-pattern", "("], "--label-pattern: '(' is not a regular expression"),
        (["--label-pattern", r"^\d"], "does not say which part is the label"),
        (["--label-pattern", "^(?P<label>x)"], "does not match label_pattern"),
        (["--label-pattern", "^(?P<label>x)"], "(here --label-pattern)"),
        (["--label-table", "nowhere.csv"], "(here --label-table, --file-column and --label-column)"),
        (["--held-out-pattern", "["], "--held-out-pattern: '[' is not a regular expression"),
        (["--held-out-share", "1.5"], "--held-out-share 1.5: must lie between 0 and 1"),
        (["--held-out-share", "1e-9"], "leaves nothing held out of 12 recordings"),
        (["--held-out-share", "1e-9"], "(here --held-out-share)"),
        (["--held-out-pattern", "nothing"], "leaves nothing held out of 12 recordings"),
        (["--held-out-pattern", "nothing"], "(here --held-out-pattern)"),
    ],
)
def test_mistakes_are_told_before_anything_is_written(
    digits: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    assert main(["data", "pack", str(digits), str(tmp_path / "out"), *arguments]) == 2
    assert message in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_damaged_recordings_are_passed_over_with_their_names(
    digits: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (digits / "0_jo_9.wav").write_bytes((digits / "0_jo_0.wav").read_bytes()[:500])
    assert main(["data", "pack", str(digits), str(tmp_path / "out")]) == 2
    assert "0_jo_9.wav: cut short" in capsys.readouterr().err
    assert main(["data", "pack", str(digits), str(tmp_path / "out"), "--on-error", "skip", "--jobs", "1"]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == f"train: 12 clips in 1 shards, {tmp_path}/out/train-*"


@pytest.mark.parametrize("split", ["train", "test"])
def test_a_pack_of_nothing_is_a_failure(
    digits: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], split: str
) -> None:
    soundfile.write(digits / "nan.wav", np.full(100, np.nan), RATE, subtype="FLOAT")
    pattern = r"nan" if split == "test" else r"\d"
    command = ["data", "pack", str(digits), str(tmp_path / "out"), "--held-out-pattern", pattern, "--on-error", "skip"]
    for _ in range(2):
        assert main([*command, "--jobs", "1"]) == 2
        printed = capsys.readouterr()
        assert "passed over 1 damaged clips:\n" in printed.out
        assert f"{digits}/nan.wav: a sample at 0.0000 s is not a finite number" in printed.out
        assert f"{split}: 0 clips" not in printed.out
        assert f"{tmp_path}/out: there is no clip in {split}-*, since all of them are damaged" in printed.err
