"""An exponential moving average of the generator's weights."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import final

import torch
from attrs import frozen
from torch import Tensor
from torch.optim.swa_utils import AveragedModel

from audiogan import Callback, Generator, StepRecord, TrainingContext, option


@final
@frozen
class ExponentialMovingAverageOptions:
    """Options of callback ``ema``."""

    half_life: float = option(
        default=10_000.0, above=0, unit="windows", help="real windows after which a weight counts half"
    )
    warm_up: float = option(
        default=0.05, minimum=0, help="largest half-life as a share of the windows so far; 0 for no warm-up"
    )


@final
class ExponentialMovingAverage(Callback):
    """Scores, previews and generates with an average of the generator's weights instead of the last ones.

    After each step the average moves by ``1 - 0.5 ** (windows of the step / half-life)`` towards the weights, the
    half-life being shorter while the training is young. Buffers are the last ones.

    Source: Karras et al. 2018, "Progressive growing of GANs", section 5.1; half-life and warm-up as in Karras et al.
    2020, "Training generative adversarial networks with limited data", appendix C.
    """

    options_class = ExponentialMovingAverageOptions

    def __init__(self, options: ExponentialMovingAverageOptions) -> None:
        self.options = options
        self._average: AveragedModel | None = None
        self._trained: Generator | None = None
        self._restored: Mapping[str, Tensor] = {}
        self._windows_a_step = 0
        self._decay = 0.0

    def on_train_start(self, context: TrainingContext) -> None:
        """Begins with the generator's weights as they are, or goes on where the checkpoint stood."""
        self._windows_a_step = context.batch_size * context.discriminator_steps
        self._trained = context.generator
        for module in context.generator.modules():
            for name, value in vars(module).items():
                # the hooks of weight_norm leave weights that are computed, which torch refuses to copy
                if isinstance(value, Tensor) and value.grad_fn is not None:
                    setattr(module, name, value.detach())
        self._average = AveragedModel(context.generator, multi_avg_fn=self._move, use_buffers=False)
        # the first update would copy the weights instead of moving towards them
        self._average.n_averaged.fill_(1)
        if self._restored:
            self._average.module.load_state_dict(dict(self._restored), strict=False)

    def on_step_end(self, record: StepRecord) -> None:
        """Moves the average towards the weights."""
        if self._average is None or self._trained is None:
            raise RuntimeError("on_train_start() has not been called")
        half_life = self.options.half_life
        if self.options.warm_up:
            half_life = min(half_life, record.step * self._windows_a_step * self.options.warm_up)
        self._decay = 0.5 ** (self._windows_a_step / half_life)
        self._average.update_parameters(self._trained)
        for ours, theirs in zip(self._average.module.buffers(), self._trained.buffers(), strict=True):
            ours.copy_(theirs)

    def generator_for_scoring(self, generator: Generator) -> Generator:
        """The average, once the training has started."""
        if self._average is None:
            return generator
        averaged = self._average.module
        assert isinstance(averaged, Generator)
        return averaged

    def state_dict(self) -> dict[str, Tensor]:
        """The averaged weights."""
        if self._average is None:
            return dict(self._restored)
        state = self._average.module.state_dict()
        return {name: value for name, value in state.items() if isinstance(value, Tensor)}

    def load_state_dict(self, state: Mapping[str, Tensor]) -> None:
        """Keeps the averaged weights until the training starts."""
        self._restored = {name: tensor.clone() for name, tensor in state.items()}

    @torch.no_grad()
    def _move(self, averaged: Sequence[Tensor], current: Sequence[Tensor], _count: Tensor | int) -> None:
        for ours, theirs in zip(averaged, current, strict=True):
            ours.lerp_(theirs, 1 - self._decay)
