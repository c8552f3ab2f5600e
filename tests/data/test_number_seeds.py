"""The sequences made together are numpy's own."""

import numpy as np
import pytest
from numpy.random import SeedSequence

from audiogan.data.seeds import number_seeds


@pytest.mark.parametrize("seed", [0, 1, 2**31, 2**32 - 1, 2**32, 2**64 + 3, 2**128 - 1, 2**128, 2**200 + 7])
@pytest.mark.parametrize("first", [0, 1, 2**31, 2**32 - 3, 2**32, 2**40, 2**64 - 7])
def test_they_give_what_numpys_sequences_give(seed: int, first: int) -> None:
    for purpose in (0, 1, 2**32 - 1):
        for number, made in enumerate(number_seeds(seed, purpose, first=first, count=7), start=first):
            numpys = SeedSequence(seed, spawn_key=(purpose, number))
            assert made.generate_state(2, np.uint64).tolist() == numpys.generate_state(2, np.uint64).tolist()


def test_they_give_other_states_and_children_as_numpys_do() -> None:
    (made,) = number_seeds(3, 1, first=5, count=1)
    numpys = SeedSequence(3, spawn_key=(1, 5))
    assert made.generate_state(5).tolist() == numpys.generate_state(5).tolist()
    assert made.generate_state(9, np.uint64).tolist() == numpys.generate_state(9, np.uint64).tolist()
    for _ in range(2):
        children = zip(made.spawn(2), numpys.spawn(2), strict=True)
        assert all(ours.generate_state(4).tolist() == theirs.generate_state(4).tolist() for ours, theirs in children)
    assert number_seeds(3, 1, first=5, count=0) == []
