"""Components of single Python files, and of a notebook."""

from __future__ import annotations

import pickle
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from attrs import frozen

import audiogan
from audiogan import PluginError
from audiogan.registry import installed, loading

CRITIC = textwrap.dedent("""\
    from attrs import frozen
    import torch
    import audiogan

    @frozen
    class Options:
        gain: float = audiogan.option(default=1.0, above=0, help="factor")

    class Critic(audiogan.Discriminator):
        options_class = Options

        def __init__(self, options, data):
            super().__init__()
            self.gain = torch.nn.Parameter(torch.tensor(options.gain))

        def forward(self, samples, labels=None):
            return self.gain * samples.flatten(1).mean(1)
""")
BY_HOOK = CRITIC + textwrap.dedent("""
    @audiogan.hookimpl
    def register_discriminators(register):
        register("my-critic", Critic)
""")
BY_HAND = CRITIC + '\naudiogan.register("discriminator", "my-critic", Critic)\n'

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write_file(code: str, name: str = "critic.py") -> Path:
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(code, encoding="utf-8")
        return path

    return write_file


@pytest.fixture
def _clean_session(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loading, "_by_hand", [])


@pytest.mark.parametrize("code", [BY_HOOK, BY_HAND, "\ufeff" + BY_HAND])
def test_a_file_registers_by_hooks_or_by_hand(write: Write, code: str) -> None:
    path = write(code)
    registry = installed().including(path)
    entry = registry.find("discriminator", "my-critic")
    assert (entry.plugin.path, entry.file, str(entry.plugin)) == (path, path, str(path))
    assert registry.files == (path,)
    assert len(entry.source_hash()) == 64
    assert "my-critic" not in installed().names("discriminator")
    assert registry.including(path).find("discriminator", "my-critic") == entry


def test_a_changed_file_is_loaded_afresh(write: Write) -> None:
    first = installed().including(write(BY_HAND)).find("discriminator", "my-critic")
    second = installed().including(write(BY_HAND + "# changed\n")).find("discriminator", "my-critic")
    assert first.component_class is not second.component_class
    assert first.source_hash() != second.source_hash()


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("x = 1\nraise KeyError('a')", ("KeyError", "critic.py, line 2")),
        ("def broken(:", ("SyntaxError", "line 1")),
        ("x = 1", ("registers nothing", "audiogan.register")),
        (BY_HAND.replace('"discriminator"', '"loss"'), ("Critic must derive from audiogan.Loss",)),
        (BY_HOOK.replace("register_discriminators", "register_critics"), ("there is no hook 'register_critics'",)),
    ],
)
def test_a_file_that_cannot_be_loaded(write: Write, code: str, said: tuple[str, ...]) -> None:
    path = write(code)
    with pytest.raises(PluginError) as caught:
        installed().including(path)
    assert all(text in str(caught.value) for text in (str(path), *said))


def test_nothing_in_a_run_folder_is_loaded(write: Write, tmp_path: Path) -> None:
    path = write(BY_HAND, "run/critic.py")
    for name in ("run.json", "spec.toml"):
        (tmp_path / "run" / name).touch()
    with pytest.raises(PluginError, match="lies in the run folder"):
        installed().including(path)
    with pytest.raises(PluginError, match="No such file"):
        installed().including(tmp_path / "gone.py")


def test_another_process_finds_the_class(write: Write, tmp_path: Path) -> None:
    component_class = installed().including(write(BY_HAND)).find("discriminator", "my-critic").component_class
    (tmp_path / "class").write_bytes(pickle.dumps(component_class))
    code = f"import pickle; print(pickle.load(open({str(tmp_path / 'class')!r}, 'rb')).__name__)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.stdout, done.returncode) == ("Critic\n", 0), done.stderr


def test_a_name_that_is_taken(write: Write) -> None:
    registry = installed().including(write(BY_HAND.replace("my-critic", "lstm")))
    with pytest.raises(PluginError, match=r"'lstm' is registered by audiogan .* and by .*critic\.py"):
        registry.find("discriminator", "lstm")


@frozen
class NoOptions:
    pass


def _critic(name: str = "Critic") -> type[audiogan.Discriminator]:
    def forward(self: object, samples: torch.Tensor, labels: torch.Tensor | None = None) -> torch.Tensor:
        return samples.flatten(1).mean(1)

    members = {"forward": forward, "options_class": NoOptions, "__module__": "__main__", "__qualname__": name}
    return type(name, (audiogan.Discriminator,), members)


@pytest.mark.usefixtures("_clean_session")
def test_a_notebooks_class_and_its_cell_run_again() -> None:
    audiogan.register("discriminator", "mine", _critic())
    again = _critic()
    audiogan.register("discriminator", "mine", again)
    assert installed().find("discriminator", "mine").component_class is again
    with pytest.raises(PluginError, match="is registered by this session"):
        audiogan.register("discriminator", "mine", _critic("Other"))
    with pytest.raises(PluginError, match="is registered by audiogan"):
        audiogan.register("discriminator", "lstm", _critic())
    with pytest.raises(PluginError, match="must derive from"):
        audiogan.register("loss", "mine", _critic())
