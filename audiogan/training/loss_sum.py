"""The losses of an experiment as one: named terms, summed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, final

from torch import Tensor, nn

from audiogan.interfaces import Discriminator, Judged, Loss, Step


@final
class LossSum(nn.Module):
    """Losses, each with the name that it is registered by; of several by one name the later ones are numbered.

    A term that two losses give is named after its loss, too: ``wgan-gp.adversarial``.
    """

    def __init__(self, losses: Sequence[tuple[str, Loss]]) -> None:
        super().__init__()
        self.losses = nn.ModuleList(loss for _, loss in losses)
        self.names = _numbered([name for name, _ in losses])

    @property
    def named(self) -> list[tuple[str, Loss]]:
        """The losses by their numbered names."""
        # a ModuleList forgets what kind of modules it holds
        return [(name, loss) for name, loss in zip(self.names, self.losses, strict=True) if isinstance(loss, Loss)]

    @property
    def generator_needs_real(self) -> bool:
        """Whether one of them compares with real samples in the generator's updates."""
        return any(loss.generator_needs_real for _, loss in self.named)

    @property
    def recommended_optimizer(self) -> Mapping[str, Any]:
        """That of the first."""
        return self.named[0][1].recommended_optimizer

    def discriminator_terms(self, real: Judged, fake: Judged, step: Step) -> dict[str, Tensor]:
        """Every term that the discriminator minimises."""
        return _joined([(name, loss.discriminator_terms(real, fake, step)) for name, loss in self.named])

    def generator_terms(self, fake: Judged, real: Judged | None, step: Step) -> dict[str, Tensor]:
        """Every term that the generator minimises."""
        return _joined([(name, loss.generator_terms(fake, real, step)) for name, loss in self.named])

    def after_discriminator_step(self, discriminator: Discriminator) -> None:
        """Called after each discriminator update."""
        for _, loss in self.named:
            loss.after_discriminator_step(discriminator)


def _numbered(names: Sequence[str]) -> tuple[str, ...]:
    seen: Counter[str] = Counter()
    numbered = []
    for name in names:
        seen[name] += 1
        numbered.append(name if seen[name] == 1 else f"{name}-{seen[name]}")
    return tuple(numbered)


def _joined(by_loss: Sequence[tuple[str, Mapping[str, Tensor]]]) -> dict[str, Tensor]:
    counts = Counter(term for _, terms in by_loss for term in terms)
    return {
        term if counts[term] == 1 else f"{name}.{term}": value
        for name, terms in by_loss
        for term, value in terms.items()
    }
