"""What the code offers stands in the built site, and the site needs nothing from elsewhere."""

from __future__ import annotations

import re
from pathlib import Path

import attrs
import pytest

import audiogan
import audiogan.testing
from audiogan.cli import COMMANDS
from audiogan.cli.description import describe_section
from audiogan.interfaces import KINDS
from audiogan.registry import hookspecs, installed
from audiogan.registry.registry import WITHOUT_OPTIONS
from tests.docs.pages import REPOSITORY

HOOKS = [name for name in vars(hookspecs) if name.startswith("register_")]
COMPONENTS = [(kind, name) for kind in KINDS if kind not in WITHOUT_OPTIONS for name in installed().names(kind)]


def test_there_is_a_hook_for_each_kind() -> None:
    assert len(HOOKS) == len(KINDS)


@pytest.mark.parametrize("hook", HOOKS)
def test_every_hook_is_documented(hook: str, built_page: dict[str, str]) -> None:
    assert f"<code>{hook}</code>" in built_page["plugins"]


@pytest.mark.parametrize("name", audiogan.__all__)
def test_every_public_name_is_documented(name: str, built_page: dict[str, str]) -> None:
    assert f"<code>{name}</code>" in built_page["names"]


@pytest.mark.parametrize("name", audiogan.testing.__all__)
def test_every_check_is_documented(name: str, built_page: dict[str, str]) -> None:
    assert f"<code>{name}</code>" in built_page["plugins"]


@pytest.mark.parametrize(("kind", "name"), COMPONENTS)
def test_every_component_and_option_is_documented(kind: str, name: str, built_page: dict[str, str]) -> None:
    entry = installed().find(kind, name)
    if not str(entry.plugin).startswith("audiogan "):
        return
    _, start, rest = built_page["components"].partition(f'id="{kind}-{name}"')
    assert start
    mine = re.split(r"<h[23]", rest)[0]
    for field in attrs.fields(entry.component_class.options_class):
        assert f"<code>{field.name}</code>" in mine or f"<code>{field.name}." in mine


@pytest.mark.parametrize("section", ["training", "evaluation"])
def test_every_key_of_an_experiment_file_is_documented(section: str, built_page: dict[str, str]) -> None:
    for key, *_ in describe_section(section).rows:
        assert f"<code>{key}</code>" in built_page["experiment-file"]


@pytest.mark.parametrize("command", [*COMMANDS, "data inspect", "data pack", "data bach", "import-tensorflow"])
def test_every_command_is_documented(command: str, built_page: dict[str, str]) -> None:
    assert f"usage: audiogan {command} " in re.sub(r"<[^>]+>", "", built_page["cli"])


@pytest.mark.parametrize(
    ("component", "row"),
    [
        ("generator-wavegan", "<td>transposed conv 1-D, stride 4, tanh</td>"),
        ("discriminator-lstm-conv", "<td>LSTM, 64 units, ReLU</td>"),
    ],
)
def test_networks_have_their_layer_tables(component: str, row: str, built_page: dict[str, str]) -> None:
    assert row in built_page["components"].partition(f'id="{component}"')[2]


def test_no_marker_is_left(built_page: dict[str, str]) -> None:
    for name, page in built_page.items():
        assert not re.search(r"<!-- [a-z]+: ", page), name


def test_every_page_stands_in_the_navigation(built_page: dict[str, str]) -> None:
    pages = {path.stem for path in (REPOSITORY / "docs").glob("*.md")} - {"index"} | {"plugin-example", "."}
    assert pages == set(built_page)
    links = re.findall(r'<a class="[^"]*" href="([^"#]+)"', built_page["."])
    for page in pages - {"."}:
        assert f"{page}/" in links, page


def test_no_page_asks_for_anything_from_elsewhere(site: Path) -> None:
    loaded = re.compile(r"<(?:script|img|iframe|link)\b[^>]*?\b(?:src|href)=\"([^\"]+)\"")
    for path in site.rglob("*.html"):
        for address in loaded.findall(path.read_text(encoding="utf-8")):
            assert not re.match(r"(?:https?:)?//", address), (path, address)
    for path in site.rglob("*.css"):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"url\(['\"]?(?:https?:)?//|@import", text), path
