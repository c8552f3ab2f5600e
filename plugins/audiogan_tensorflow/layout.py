"""A generator's options, read from the shapes of its weights."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, final

from attrs import frozen

from audiogan.errors import CheckpointError

Shapes = Mapping[str, tuple[int, ...]]

_PROJECTION = "G/z_project/dense/kernel"
_POST_FILTER = "G/pp_filt/conv1d/kernel"
_CONVOLUTION = re.compile(r"G/upconv_(\d+)/(conv2d_transpose|conv1d|conv2d)/kernel")
_TRANSPOSED = "conv2d_transpose"

WAVEGAN, SPECGAN = "wavegan", "specgan"
_SPECGAN_LENGTH = 16384
_WAVEGAN_LENGTHS = {5: (16384,), 6: (32768, 65536)}
"""By the number of layers, the lengths that the original makes."""


@final
@frozen
class GeneratorLayout:
    """What the shapes of a generator's weights say."""

    name: str
    """``wavegan`` or ``specgan``."""
    options: Mapping[str, Any]
    """Options of the generator of that name."""
    channels: int
    layers: int

    def window_length(self, wanted: int | None) -> int:
        """Samples in a window: ``wanted``, or where that is ``None`` the one that the original makes of such layers.

        :raises CheckpointError: the original makes several lengths with these layers, or none.
        """
        if wanted is not None:
            return wanted
        lengths = (_SPECGAN_LENGTH,) if self.name == SPECGAN else _WAVEGAN_LENGTHS.get(self.layers, ())
        if len(lengths) == 1:
            return lengths[0]
        known = f"{' or '.join(map(str, lengths))} samples" if lengths else "lengths that the original does not make"
        raise CheckpointError(
            f"the generator's {self.layers} layers make windows of {known}, with weights of the same shapes; say which "
            "with --window-length"
        )


def generator_layout(shapes: Shapes) -> GeneratorLayout:
    """The layout of the generator whose weights have these shapes.

    :raises CheckpointError: they are not those of a WaveGAN or SpecGAN generator.
    """
    convolutions = _convolutions(shapes)
    kind = convolutions[0][0]
    latent_dim = _dense(shapes)
    height, width, channels, dim = _kernel(*convolutions[-1])
    is_specgan = kind == "conv2d" or (kind == _TRANSPOSED and height > 1)
    options: dict[str, Any] = {
        "dim": dim,
        "kernel_size": width,
        "latent_dim": latent_dim,
        "upsample": "zeros" if kind == _TRANSPOSED else "nearest",
        "batch_norm": any(name.endswith("/gamma") for name in shapes),
    }
    if _POST_FILTER in shapes and not is_specgan:
        options |= {"post_filter": shapes[_POST_FILTER][0], "post_filter_fold": channels > 1}
    return GeneratorLayout(SPECGAN if is_specgan else WAVEGAN, options, channels, len(convolutions))


def _dense(shapes: Shapes) -> int:
    if len(shapes.get(_PROJECTION, ())) != 2:
        raise CheckpointError(f"there is no '{_PROJECTION}' of two axes, which a generator of the original has")
    return shapes[_PROJECTION][0]


def _convolutions(shapes: Shapes) -> list[tuple[str, tuple[int, ...]]]:
    found = {int(match[1]): (match[2], shapes[name]) for name in shapes if (match := _CONVOLUTION.fullmatch(name))}
    if not found or sorted(found) != list(range(len(found))):
        raise CheckpointError(
            "there is no 'G/upconv_0/conv2d_transpose/kernel' with others that count on from it, which a generator of "
            "the original has"
        )
    if len({kind for kind, _ in found.values()}) > 1:
        raise CheckpointError("the layers 'G/upconv_…' are of several kinds, which those of the original never are")
    return [found[layer] for layer in range(len(found))]


def _kernel(kind: str, shape: tuple[int, ...]) -> tuple[int, int, int, int]:
    """Height, width, channels out and channels in."""
    if len(shape) != (3 if kind == "conv1d" else 4):
        raise CheckpointError(f"the last 'G/upconv_…/{kind}/kernel' has shape {shape}, too many or too few axes")
    *size, first, second = shape
    height, width = (1, *size)[-2:]
    return (height, width, first, second) if kind == _TRANSPOSED else (height, width, second, first)
