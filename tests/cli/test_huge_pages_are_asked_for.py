"""The command line settles huge pages before torch is loaded, and leaves a choice that was made alone."""

from __future__ import annotations

import os

import pytest

from audiogan.cli import main


@pytest.mark.parametrize(("before", "after"), [(None, "1"), ("0", "0")])
def test_the_variable_of_torch(before: str | None, after: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("THP_MEM_ALLOC_ENABLE", before or "")
    if before is None:
        monkeypatch.delenv("THP_MEM_ALLOC_ENABLE")
    with pytest.raises(SystemExit):
        main(["--version"])
    assert os.environ["THP_MEM_ALLOC_ENABLE"] == after
