"""Files of the repository and the command line's own help, as blocks of code."""

from __future__ import annotations

import io
import os
from contextlib import redirect_stdout, suppress
from pathlib import Path

from audiogan.cli import main

_DOCS = Path(__file__).parent.parent
_WIDTH = "88"


def file_contents(name: str) -> str:
    """A file, named from ``docs/``."""
    path = _DOCS / name
    return _block(path.suffix.removeprefix("."), path.read_text(encoding="utf-8"))


def quick_profile(name: str) -> str:
    """The end of an experiment file, named from ``docs/``, where it says what ``--profile quick`` changes."""
    _, start, rest = (_DOCS / name).read_text(encoding="utf-8").partition("[profile.quick]")
    if not start:
        raise ValueError(f"{name} has no [profile.quick]")
    return _block("toml", start + rest)


def command_help(command: str) -> str:
    """What ``audiogan COMMAND --help`` prints; that of ``audiogan`` itself where no command is named."""
    written = io.StringIO()
    before = os.environ.get("COLUMNS")
    os.environ["COLUMNS"] = _WIDTH
    try:
        with redirect_stdout(written), suppress(SystemExit):
            main([*command.split(), "--help"])
    finally:
        del os.environ["COLUMNS"]
        if before is not None:
            os.environ["COLUMNS"] = before
    return _block("text", written.getvalue())


def _block(language: str, text: str) -> str:
    suffixes = {"py": "python", "toml": "toml"}
    return f"```{suffixes.get(language, language)}\n{text.rstrip()}\n```"
