from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import audiogan
from audiogan.cli import COMMANDS, main

SLOW = ("attr", "attrs", "cattrs", "google.protobuf", "matplotlib", "numpy", "pluggy", "rich", "tfrecord", "torch")


def audiogan_command(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "audiogan", *arguments], capture_output=True, text=True, check=False)


def test_help_imports_nothing_slow() -> None:
    code = f"""
import sys
from audiogan.cli import main
try:
    main(["--help"])
except SystemExit as leaving:
    assert leaving.code == 0
loaded = [name for name in {SLOW!r} if name in sys.modules]
assert not loaded, loaded
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    for command in (*COMMANDS, "commands: bach, inspect, pack", "import-tensorflow"):
        assert command in done.stdout


def test_commands_and_workers_of_plugins_import_no_torch() -> None:
    code = """
import sys
import audiogan_data_tools.packing.packing, audiogan_bach.chorales.rendering
from audiogan.cli import main
try:
    main(["data", "--help"])
except SystemExit as leaving:
    assert leaving.code == 0
assert "torch" not in sys.modules
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_help_takes_as_long_as_a_dozen_starts_of_python() -> None:
    def least_cpu_s(*arguments: str) -> float:
        durations_s = []
        for _ in range(5):
            before = os.times()
            subprocess.run([sys.executable, *arguments], capture_output=True, check=True)
            after = os.times()
            durations_s.append(
                after.children_user + after.children_system - before.children_user - before.children_system
            )
        return min(durations_s)

    # Half of that on an idle machine; importing torch alone takes a hundred.
    assert least_cpu_s("-m", "audiogan", "--help") < 12 * least_cpu_s("-c", "pass")


PLUGIN_COMMANDS = ("data", "data bach", "data inspect", "data pack", "import-tensorflow")


@pytest.mark.parametrize("command", [*COMMANDS, *PLUGIN_COMMANDS])
def test_every_command_has_help(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as leaving:
        main([*command.split(), "--help"])
    assert leaving.value.code == 0
    assert f"usage: audiogan {command}" in capsys.readouterr().out


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--version"])
    assert capsys.readouterr().out == f"audiogan {audiogan.__version__}\n"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["dta"], "unknown command 'dta'; did you mean 'data'?"),
        (["nonsense"], "unknown command 'nonsense'; commands: "),
        (["data", "inspct", "folder"], "unknown command 'data inspct'; did you mean 'data inspect'?"),
    ],
)
def test_an_unknown_command_is_refused(arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 2
    assert said in capsys.readouterr().err


def test_a_group_needs_one_of_its_commands(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as leaving:
        main(["data"])
    assert leaving.value.code == 2
    assert "usage: audiogan data" in capsys.readouterr().err


def test_a_mistake_is_told_without_a_traceback(tmp_path: Path) -> None:
    done = audiogan_command("run", str(tmp_path / "nothing.toml"))
    assert done.returncode == 2
    assert done.stderr == f"audiogan: {tmp_path / 'nothing.toml'}: no such file\n"
    assert done.stdout == ""


def test_an_interrupt_is_told(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def interrupt(arguments: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr("audiogan.cli.describe.run", interrupt)
    assert main(["describe"]) == 130
    assert capsys.readouterr().err == "audiogan: stopped\n"


def test_a_reader_that_leaves_is_no_mistake() -> None:
    code = "import sys; from audiogan.cli import main; sys.exit(main(['describe', 'training']))"
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait() == 0
