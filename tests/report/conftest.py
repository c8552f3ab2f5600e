"""A run folder as a training leaves it, with values made up for the tests."""

from __future__ import annotations

import json
import math
import wave
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

PUBLISHED = {
    "specgan": ("SpecGAN (baseline)", 1.028, 0.009, 204),
    "wavegan-wgan": ("WaveGAN with WGAN (baseline)", 1.076, 0.005, 52),
    "lstm-wgan": ("pure LSTM D-net with WGAN", 1.093, 0.012, 319),
    "lstm-conv-wgan": ("LSTM & conv D-net with WGAN", 1.084, 0.031, 197),
    "lstm-conv-lsgan": ("LSTM & conv D-net with LSGAN", 1.085, 0.017, 243),
}


TERMS = {"discriminator/adversarial": 0.4, "discriminator/gradient_penalty": 0.1, "generator/adversarial": 1.0}


def write_json(path: Path, value: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value), encoding="utf-8")


def write_log(path: Path, lines: Sequence[Mapping[str, Any]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")


def step_line(step: int, **terms: float) -> dict[str, Any]:
    return {
        "kind": "step",
        "step": step,
        "epoch": step / 8,
        "discriminator_loss": math.cos(step / 5) / (1 + step / 30),
        "generator_loss": 1 + math.sin(step / 7),
        "terms": terms,
    }


def score_line(step: int, mean: float, std: float) -> dict[str, Any]:
    values = {"inception_score_mean": mean, "inception_score_std": std}
    return {"kind": "score", "step": step, "epoch": step / 8, "values": values, "samples": 64}


def write_wav(path: Path, frequency: float) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    samples = (round(12_000 * math.exp(-t / 900) * math.sin(frequency * t)) for t in range(2048))
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16_000)
        file.writeframes(b"".join(sample.to_bytes(2, "little", signed=True) for sample in samples))


def finished_result(name: str, title: str, *, mean: float, std: float, step: int) -> dict[str, Any]:
    return {
        "format": 2,
        "name": name,
        "title": title,
        "status": "finished",
        "steps": 60,
        "epochs": 7.5,
        "best_step": step,
        "best_epoch": step / 8,
        "values": {"inception_score_mean": mean, "inception_score_std": std},
        "samples": 64,
        "protocol": {"splits": 10},
    }


@pytest.fixture
def run_folder(tmp_path: Path) -> Path:
    """Five experiments under the quick profile: the first three finished, the fourth under way, the fifth not begun."""
    folder = tmp_path / "table1"
    entries = [
        {
            "name": name,
            "title": title,
            "published": {"inception_score_mean": mean, "inception_score_std": std, "epoch": epoch},
        }
        for name, (title, mean, std, epoch) in PUBLISHED.items()
    ]
    write_json(
        folder / "run.json", {"format": 2, "title": "Inception scores", "profile": "quick", "experiments": entries}
    )
    write_json(folder / "environment.json", {"audiogan": "0.1.0", "torch": "2.13.0", "threads": 2, "device": "cpu"})
    (folder / "spec.toml").write_text('title = "Inception scores"\n', encoding="utf-8")
    write_json(
        folder / "reference.json",
        {
            "format": 2,
            "groups": [
                {
                    "group": "a1",
                    "experiments": list(PUBLISHED),
                    "real": {"values": {"inception_score_mean": 3.8172, "inception_score_std": 0.211}},
                    "noise": {"values": {"inception_score_mean": 1.0061, "inception_score_std": 0.0012}},
                    "samples": 64,
                    "protocol": {
                        "classifier_held_out_accuracy": 0.934,
                        "classifier_classes": ["C", "C#", "D"],
                        "splits": 10,
                    },
                }
            ],
        },
    )
    for position, (name, (title, *_)) in enumerate(PUBLISHED.items()):
        if name == "lstm-conv-lsgan":
            break
        under_way = name == "lstm-conv-wgan"
        last = 35 if under_way else 60
        means = [1.01 + 0.02 * position + 0.0005 * step for step in (20, 40, 60)]
        lines = [step_line(step, **(TERMS if name == "lstm-wgan" else {})) for step in range(1, last + 1)]
        scores = [score_line(step, mean, 0.008) for step, mean in zip((20, 40, 60), means, strict=True) if step <= last]
        write_log(folder / name / "metrics.jsonl", lines + scores)
        for score in scores:
            for latent in range(3):
                write_wav(
                    folder / name / "samples" / f"step-{score['step']:06d}" / f"{latent}.wav", 0.05 + 0.02 * latent
                )
        if not under_way:
            write_json(folder / name / "result.json", finished_result(name, title, mean=means[-1], std=0.008, step=60))
    return folder


@pytest.fixture
def change_json() -> Callable[[Path, Callable[[Any], object]], None]:
    """Reads a JSON file, hands its value to a function that alters it in place, and writes it back."""

    def change(path: Path, alter: Callable[[Any], object]) -> None:
        value = json.loads(path.read_text(encoding="utf-8"))
        alter(value)
        write_json(path, value)

    return change
