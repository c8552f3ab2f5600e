"""Commands that the pages show: parsed all, and run where that is cheap."""

from __future__ import annotations

import argparse
import re

import pytest

from audiogan.cli import COMMANDS, main, parser_for
from audiogan.cli.plugin_commands import announced
from audiogan.registry import installed
from audiogan.spec import read_experiments
from tests.docs.pages import PAGES, README, REPOSITORY, Block, blocks

CONSOLE = [block for page in PAGES for block in blocks(page) if block.language == "console"]
SHOWN = [(block, command) for block in CONSOLE for command in block.commands()]
OF_AUDIOGAN = [(block, command[1:]) for block, command in SHOWN if command[0] == "audiogan"]
OF_THE_EXAMPLE_PLUGIN = ("patch", "discriminator=patch")


def parse(arguments: list[str]) -> argparse.Namespace:
    return parser_for(arguments).parse_args(arguments)


def of(command: str) -> list[tuple[Block, argparse.Namespace]]:
    return [(block, parse(arguments)) for block, arguments in OF_AUDIOGAN if arguments[0] == command]


def test_every_line_is_a_command() -> None:
    for block in CONSOLE:
        assert len(block.commands()) == len(re.sub(r"\\\n\s*", "", block.text).splitlines()), str(block)


def test_the_commands_of_make_exist() -> None:
    makefile = (REPOSITORY / "Makefile").read_text(encoding="utf-8")
    targets = {command[1] for _, command in SHOWN if command[0] == "make"}
    assert {"table1", "test"} <= targets
    for target in targets:
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target


def test_the_readme_begins_with_the_two_commands() -> None:
    assert blocks(README)[0].commands() == [["make", "table1"], ["make", "test"]]


def test_links_of_the_readme_lead_somewhere() -> None:
    links = re.findall(r"\]\(([^)]+)\)", README.read_text(encoding="utf-8"))
    assert links
    for link in links:
        assert (REPOSITORY / link).exists(), link


def test_commands_are_understood() -> None:
    assert {arguments[0] for _, arguments in OF_AUDIOGAN} == {*COMMANDS, *announced(), "--help"}
    for block, arguments in OF_AUDIOGAN:
        if arguments != ["--help"]:
            assert parse(arguments).command == arguments[0], str(block)


def test_runs_of_the_shipped_files_are_read() -> None:
    shipped = [(block, run) for block, run in of("run") if run.file.parts[0] == "configs"]
    assert len(shipped) > 4
    for block, run in shipped:
        if any(override in OF_THE_EXAMPLE_PLUGIN for override in run.overrides):
            continue
        file = read_experiments(
            REPOSITORY / run.file, registry=installed(), profile=run.profile, overrides=run.overrides, only=run.only
        )
        assert file.experiments, str(block)


def test_experiments_to_generate_from_are_in_the_file() -> None:
    names = {
        spec.name for spec in read_experiments(REPOSITORY / "configs/table1.toml", registry=installed()).experiments
    }
    generations = [generate for _, generate in of("generate") if generate.experiment.parts[1] == "table1-quick"]
    assert generations
    for generate in generations:
        assert generate.experiment.name in names


DESCRIBED = [
    arguments
    for _, arguments in OF_AUDIOGAN
    if arguments[0] == "describe" and arguments[-1] not in OF_THE_EXAMPLE_PLUGIN
]


@pytest.mark.parametrize("arguments", DESCRIBED, ids=" ".join)
def test_descriptions_are_printed(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 0
    assert len(capsys.readouterr().out.splitlines()) > 5


def test_the_example_plugin_is_where_the_pages_say() -> None:
    installs = [command for _, command in SHOWN if command[:3] == ["pip", "install", "-e"]]
    assert installs
    for command in installs:
        assert (REPOSITORY / command[3] / "pyproject.toml").is_file()


def test_tfrecord_variant_of_table1_changes_nothing_but_the_dataset() -> None:
    arguments = next(run for _, run in of("run") if "dataset.type=tfrecord" in run.overrides)
    path = REPOSITORY / "configs/table1.toml"
    file = read_experiments(path, registry=installed(), overrides=arguments.overrides)
    plain = read_experiments(path, registry=installed())
    assert {spec.dataset.type for spec in file.experiments} == {"tfrecord"}
    for changed, spec in zip(file.experiments, plain.experiments, strict=True):
        assert changed.dataset.options.window_length == spec.dataset.options.window_length == 16_384
        assert (changed.generator, changed.discriminator, changed.loss) == (
            spec.generator,
            spec.discriminator,
            spec.loss,
        )
