"""The network of the WaveGAN paper's inception-score classifier."""

from __future__ import annotations

from collections.abc import Mapping
from typing import final

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn.utils import convert_conv2d_weight_memory_format

from audiogan.errors import CheckpointError
from audiogan.evaluation.classifier.front_end import N_MELS, log_mel_front_end, upper_edge_hz
from audiogan.evaluation.classifier.options import ClassifierOptions

_CONVOLUTIONS = 4
_BATCH_NORM_EPSILON = 1e-3
# TensorFlow's 0.99 would need thousands of updates to forget that it starts at mean 0 and variance 1, far from a
# log-mel's; small datasets give a few hundred. It changes nothing about a trained classifier's arithmetic.
_BATCH_NORM_MOMENTUM = 0.1


@final
class AudioClassifier(nn.Module):
    """Waveforms ``[N, C, window_length]`` in [-1, 1] to logits ``[N, class_count]``.

    Log-mel spectrogram (128 bands of a 1024/128 STFT), batch norm by band, then four times convolution 5x5, ReLU,
    2x2 max-pooling, batch norm, and a dense layer; the last batch norm acts on the flattened features, as in the
    original. Pooling keeps an odd last row, so that any window length has features; lengths that are multiples of 2048
    pool exactly as in the original. Several channels are mixed down to their mean.

    The bands end at 7800 Hz as in the paper; where 0.4875 of the sample rate, the same share of it, is lower, there.

    :raises DataError: the mel limits do not fit the sample rate.
    """

    def __init__(self, options: ClassifierOptions, *, class_count: int, sample_rate: int, window_length: int) -> None:
        super().__init__()
        self.class_count, self.sample_rate, self.window_length = class_count, sample_rate, window_length
        self.mel_lower_hz = options.mel_lower_hz
        self.mel_upper_hz = upper_edge_hz(options.mel_upper_hz, sample_rate=sample_rate)
        self.log_mel = log_mel_front_end(
            sample_rate=sample_rate, lower_hz=self.mel_lower_hz, upper_hz=self.mel_upper_hz
        )
        dim = options.dim
        rows, columns = self.log_mel.frames(window_length), N_MELS
        for _ in range(_CONVOLUTIONS):
            rows, columns = -(-rows // 2), columns // 2
        self.input_norm = _batch_norm_1d(N_MELS)
        self.convolutions = nn.ModuleList(
            nn.Conv2d(dim if i else 1, dim, kernel_size=5, padding="same") for i in range(_CONVOLUTIONS)
        )
        self.norms = nn.ModuleList(
            nn.BatchNorm2d(dim, eps=_BATCH_NORM_EPSILON, momentum=_BATCH_NORM_MOMENTUM)
            for _ in range(_CONVOLUTIONS - 1)
        )
        self.feature_norm = _batch_norm_1d(rows * columns * dim)
        self.dense = nn.Linear(rows * columns * dim, class_count)
        for layer in (*self.convolutions, self.dense):
            assert isinstance(layer, nn.Conv2d | nn.Linear)
            assert layer.bias is not None
            nn.init.xavier_uniform_(layer.weight)
            nn.init.zeros_(layer.bias)
        # Convolution and pooling of few channels take half the time on the CPU in this layout.
        convert_conv2d_weight_memory_format(self, torch.channels_last)

    def forward(self, waveforms: Tensor) -> Tensor:
        """Logits ``[N, class_count]`` of waveforms ``[N, C, window_length]``."""
        return self.classify(self.features(waveforms))

    def features(self, waveforms: Tensor) -> Tensor:
        """Log-mel spectrograms ``[N, frames, 128]`` of waveforms ``[N, C, window_length]``, without gradient history.

        :raises ValueError: the waveforms are of another shape.
        """
        if waveforms.ndim != 3 or waveforms.shape[-1] != self.window_length:
            raise ValueError(f"waveforms of shape {tuple(waveforms.shape)} are not [N, C, {self.window_length}]")
        with torch.no_grad():
            features: Tensor = self.log_mel(waveforms.mean(dim=1))
        return features

    def classify(self, features: Tensor) -> Tensor:
        """Logits ``[N, class_count]`` of log-mel spectrograms ``[N, frames, 128]``."""
        return self.judge(self.convolve(features))

    def convolve(self, features: Tensor) -> Tensor:
        """The maps ``[N, dim, rows, columns]`` that the last convolution block makes of log-mel spectrograms.

        Rows are time, columns are bands; the block is convolution, ReLU and max-pooling, so that no value is negative.
        """
        x = self.input_norm(features.transpose(1, 2)).transpose(1, 2).unsqueeze(1)
        for i, convolution in enumerate(self.convolutions):
            x = F.max_pool2d(torch.relu(convolution(x)), kernel_size=2, ceil_mode=True)
            if i < len(self.norms):
                x = self.norms[i](x)
        maps: Tensor = x
        return maps

    def judge(self, maps: Tensor) -> Tensor:
        """Logits ``[N, class_count]`` of the maps that :meth:`convolve` made."""
        flat = maps.permute(0, 2, 3, 1).flatten(start_dim=1)
        logits: Tensor = self.dense(self.feature_norm(flat))
        return logits

    def load_tensorflow_variables(self, variables: Mapping[str, NDArray[np.floating]]) -> None:
        """Takes over the variables of the original's graph, named ``classifier/conv2d/kernel`` and so on.

        Kernels are laid out [height, width, in, out], the dense kernel [in, out]; other variables are ignored.

        :raises CheckpointError: a variable is missing or of another shape; nothing is changed.
        """
        state = self.state_dict()
        taken: dict[str, Tensor] = {}
        for ours, theirs in _tensorflow_names().items():
            if theirs not in variables:
                raise CheckpointError(f"the classifier's variable '{theirs}' is missing; are these another network's?")
            value = torch.from_numpy(np.array(variables[theirs], dtype=np.float32))
            if value.ndim == 4:
                value = value.permute(3, 2, 0, 1)
            elif value.ndim == 2:
                value = value.T
            if value.shape != state[ours].shape:
                raise CheckpointError(
                    f"the classifier's variable '{theirs}' has shape {variables[theirs].shape}, which does not fit "
                    f"{tuple(state[ours].shape)} here; dim, class count or window length differ"
                )
            taken[ours] = value.contiguous()
        self.load_state_dict(state | taken)


def _batch_norm_1d(features: int) -> nn.BatchNorm1d:
    return nn.BatchNorm1d(features, eps=_BATCH_NORM_EPSILON, momentum=_BATCH_NORM_MOMENTUM)


def _tensorflow_names() -> dict[str, str]:
    names: dict[str, str] = {}
    norms = ["input_norm", *(f"norms.{i}" for i in range(_CONVOLUTIONS - 1)), "feature_norm"]
    for i, ours in enumerate(norms):
        theirs = f"classifier/batch_normalization{f'_{i}' if i else ''}"
        names[f"{ours}.weight"] = f"{theirs}/gamma"
        names[f"{ours}.bias"] = f"{theirs}/beta"
        names[f"{ours}.running_mean"] = f"{theirs}/moving_mean"
        names[f"{ours}.running_var"] = f"{theirs}/moving_variance"
    for i in range(_CONVOLUTIONS):
        theirs = f"classifier/conv2d{f'_{i}' if i else ''}"
        names[f"convolutions.{i}.weight"] = f"{theirs}/kernel"
        names[f"convolutions.{i}.bias"] = f"{theirs}/bias"
    names["dense.weight"], names["dense.bias"] = "classifier/dense/kernel", "classifier/dense/bias"
    return names
