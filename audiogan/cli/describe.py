"""``audiogan describe``: what is installed, and what a component's options and layers are."""

from __future__ import annotations

import argparse
from pathlib import Path

# as audiogan.interfaces.KINDS, which would bring torch along
_KINDS = (
    *("dataset", "representation", "generator", "discriminator", "loss", "callback", "embedding", "metric"),
    *("optimizer", "command"),
)
_FILE_SECTIONS = ("training", "evaluation")


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Adds the command and its options."""
    parser = subparsers.add_parser(
        "describe",
        help="list what is installed, or print a component's options and layers",
        description="Without NAME, lists what is installed. With it, prints the options and the layer table of every "
        "component of that name, or the keys of the sections 'training' and 'evaluation' of an experiment file.",
    )
    parser.add_argument("name", metavar="NAME", nargs="?", help="a component, or training or evaluation")
    parser.add_argument("--kind", choices=_KINDS, metavar="KIND", help=f"only of this kind: {', '.join(_KINDS)}")
    add_plugin_argument(parser)
    shape = parser.add_mutually_exclusive_group()
    shape.add_argument(
        "--window-length", type=_count, metavar="N", help="samples in a window, for the layer table (default: 16384)"
    )
    shape.add_argument(
        "--sample-shape", type=_shape, metavar="N,N,…", help="shape of what a network sees, such as 1,128,128"
    )
    parser.add_argument("--channels", type=_count, default=1, metavar="N", help="channels of a window (default: 1)")
    parser.add_argument(
        "--set", dest="options", action="append", default=[], metavar="KEY=VALUE", help="set an option (repeatable)"
    )
    parser.set_defaults(run=run)


def add_plugin_argument(parser: argparse.ArgumentParser) -> None:
    """Adds what names Python files with components."""
    parser.add_argument(
        "--plugin",
        dest="plugins",
        type=Path,
        action="append",
        default=[],
        metavar="FILE",
        help="load the components of a Python file (repeatable)",
    )


def run(arguments: argparse.Namespace) -> int:
    """Prints what was asked for.

    :raises PluginError: nothing of that name is installed, or a plugin file cannot be loaded.
    :raises SpecError: an option behind ``--set`` is wrong, or does not go with the shape.
    """
    from audiogan.cli.description import describe_component, describe_section, find_entries, overview
    from audiogan.cli.text_table import print_tables
    from audiogan.registry import installed
    from audiogan.spec import read_options

    if arguments.name in _FILE_SECTIONS and arguments.kind is None:
        print_tables([describe_section(arguments.name)])
        return 0
    registry = installed()
    for file in arguments.plugins:
        registry = registry.including(file)
    if arguments.name is None:
        print_tables(overview(registry, (arguments.kind,) if arguments.kind else _KINDS))
        return 0
    options = read_options(arguments.options)
    window = (arguments.channels, arguments.window_length or 16_384)
    shape = arguments.sample_shape
    tables = []
    for entry in find_entries(registry, arguments.name, arguments.kind):
        tables += describe_component(registry, entry, options, window=window, sample_shape=shape)
    print_tables(tables)
    return 0


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"'{text}' must be an integer of at least 1")
    return int(text)


def _shape(text: str) -> tuple[int, ...]:
    return tuple(_count(part.strip()) for part in text.split(","))
