"""An experiment file from disk: text, TOML, lines."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from audiogan.errors import SpecError, suggest
from audiogan.spec.locator import locate_keys
from audiogan.spec.tree import Node, grow

_POSITION = re.compile(r"\s*\(at (?:line (\d+), column (\d+)|end of document)\)$")


def read_document(path: Path) -> Node:
    """The tables of a TOML file, every value with its line.

    :raises SpecError: the file cannot be read, is not UTF-8, or is not TOML; the text names the line.
    """
    try:
        text = path.read_bytes().decode("utf-8").replace("\r\n", "\n")
    except FileNotFoundError:
        raise SpecError(f"{path}: no such file{_neighbours(path)}") from None
    except OSError as error:
        raise SpecError(f"{path}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise SpecError(f"{path}: byte {error.start} is not UTF-8; save the file as UTF-8 text") from None
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SpecError(_syntax_error(path, text, str(error))) from None
    except RecursionError:
        raise SpecError(f"{path}: lists or tables are nested too deeply") from None
    return grow(document, locate_keys(text), file=str(path))


def _syntax_error(path: Path, text: str, fault: str) -> str:
    position = _POSITION.search(fault)
    fault = _POSITION.sub("", fault)
    lines = text.split("\n")
    if position is None or position[1] is None:
        return f"{path}:{len(lines)}: not valid TOML: {fault} (at the end of the file)"
    line, column = int(position[1]), int(position[2])
    return f"{path}:{line}: not valid TOML: {fault} (column {column})\n  {lines[line - 1].strip()}"


def _neighbours(path: Path) -> str:
    nearby = [str(other) for other in path.parent.glob("*.toml")] if path.parent.is_dir() else []
    return suggest(str(path), nearby, label=f"files in {path.parent}") if nearby else ""
