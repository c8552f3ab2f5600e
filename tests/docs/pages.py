"""The documentation as its source: pages and the fenced blocks in them."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

from attrs import frozen

REPOSITORY = Path(__file__).parents[2]
README = REPOSITORY / "README.md"
PAGES = (README, *sorted((REPOSITORY / "docs").glob("*.md")))
_FENCED = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_ADDITION = re.compile(r"\[\[experiment\]\]|\[profile\.")


@frozen
class Block:
    """A fenced block."""

    page: Path
    line: int
    language: str
    text: str

    def __str__(self) -> str:
        return f"{self.page.name}:{self.line}"

    def commands(self) -> list[list[str]]:
        """The arguments of each command of a console block."""
        joined = re.sub(r"\\\n\s*", "", self.text)
        return [shlex.split(line.removeprefix("$ ")) for line in joined.splitlines() if line.startswith("$ ")]


def blocks(page: Path) -> list[Block]:
    """The fenced blocks of a page, in order."""
    source = page.read_text(encoding="utf-8")
    return [
        Block(page, source[: found.start()].count("\n") + 2, found[1], found[2]) for found in _FENCED.finditer(source)
    ]


def experiment_files() -> Iterator[tuple[Block, str]]:
    """Each experiment file that the pages show, with the blocks that add to it appended, and the block it begins at."""
    for page in PAGES:
        begun: Block | None = None
        text = ""
        for block in blocks(page):
            if block.language != "toml":
                continue
            if begun is not None and not _ADDITION.match(block.text):
                yield begun, text
                text = ""
            begun = block if not text else begun
            text += block.text
        if begun is not None:
            yield begun, text
