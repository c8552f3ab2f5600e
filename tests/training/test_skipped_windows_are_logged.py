from __future__ import annotations

import attrs
import numpy as np

from audiogan.errors import DamagedDataError
from audiogan.interfaces import Window
from audiogan.training.trainer import Trainer
from tests.training.linear_gan import CPU, MemoryDataset, batches, linear_components, training_spec


class _PartlyDamaged(MemoryDataset):
    on_error = "skip"

    def window(self, index: int, *, rng: np.random.Generator) -> Window:
        if index % 3 == 0:
            raise DamagedDataError(f"window {index} of memory is damaged")
        return super().window(index, rng=rng)


def test_a_step_counts_the_windows_passed_over_by_all_of_its_batches() -> None:
    components = attrs.evolve(linear_components(), dataset=_PartlyDamaged())
    training = training_spec(discriminator_steps=5)
    trainer = Trainer(components, training, device=CPU)
    stream = batches(trainer, training)
    records = [trainer.step(stream) for _ in range(3)]
    # 5 batches of 4 windows a step
    assert sum(record.skipped for record in records) == trainer.state.position - 3 * 20
    # 4 of 10 windows are damaged: about 13 for every 20 that are not
    assert all(8 <= record.skipped <= 18 for record in records)
    assert records[-1].epoch == trainer.state.position / 10
