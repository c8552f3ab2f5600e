"""The option that a component's complaint is about, told from its words.

Components open a complaint about an option with its name, "dim must be …" or "dim = 3 does not …", or name it as they
give advice, "mend label_table".
"""

from __future__ import annotations

import re
from typing import Any

import attrs

_OPENING = re.compile(r"(\w+) (?:= (?:'[^']*'|\S+) )?(?!and )")


def opening_option(message: str, options_class: type[Any]) -> tuple[str, str] | None:
    """The option with which ``message`` opens, and the rest without it and its value; ``None`` where there is none.

    >>> Options = attrs.make_class("Options", ["dim"])
    >>> opening_option("dim = 3 does not divide 8", Options)
    ('dim', 'does not divide 8')
    """
    opening = _OPENING.match(message)
    if opening is None or not attrs.has(options_class) or opening[1] not in attrs.fields_dict(options_class):
        return None
    return opening[1], message[opening.end() :]


def mentioned_option(message: str, options: Any) -> str | None:
    """The one option with another value than its default that ``message`` names, or ``None``.

    A name that is an ordinary word counts only where it is given a value.

    >>> Options = attrs.make_class("Options", {"channels": attrs.field(default=1), "mono": attrs.field(default=0)})
    >>> mentioned_option("a.wav: 1 channel where channels = 2 is asked for; set mono = 1", Options(channels=2))
    'channels'
    """
    if not attrs.has(type(options)):
        return None
    mentioned = [
        field.name
        for field in attrs.fields(type(options))
        if getattr(options, field.name) != field.default
        and re.search(rf"\b{field.name}\b" if "_" in field.name else rf"\b{field.name} = ", message)
    ]
    return mentioned[0] if len(mentioned) == 1 else None
