"""Too little memory, told apart from other failures of torch."""

from __future__ import annotations

import torch

_SIZES_THAT_NO_COMPUTER_HAS = ("Storage size calculation overflowed", "Overflow when unpacking long")


def memory_shortage(error: Exception) -> str | None:
    """What torch or numpy say about memory that they could not get, in a line; ``None`` for any other error."""
    # torch has a class of its own for this on a GPU only
    is_shortage = isinstance(error, (torch.OutOfMemoryError, MemoryError)) or any(
        words in str(error) for words in ("allocate memory", *_SIZES_THAT_NO_COMPUTER_HAS)
    )
    return (str(error) or type(error).__name__).splitlines()[0] if is_shortage else None
