"""Compiles the LSTM for CPUs while the package is built; without a compiler the package is built without it."""

from __future__ import annotations

import platform
import runpy
import sysconfig
from pathlib import Path
from typing import Any

from hatchling.builders.config import BuilderConfig
from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CompiledLSTM(BuildHookInterface[BuilderConfig]):
    """Puts the libraries beside their bindings, for editable installations too, and tags the wheel for its platform."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compiles into the source tree, whose copies version control ignores."""
        folder = Path(self.root, "audiogan", "lstm", "cpu")
        compilation = runpy.run_path(str(folder / "compilation.py"))
        try:
            libraries, failures = compilation["compile_libraries"]()
        except compilation["CompilationError"] as error:
            self.app.display_warning(f"audiogan.LSTM will run in plain torch, which is slower: {error}")
            return
        for failure in failures:
            self.app.display_warning(f"audiogan.LSTM goes without a set of instructions: {failure}")
        build_data["artifacts"] += [f"/{library.relative_to(self.root).as_posix()}" for library in libraries]
        build_data["pure_python"] = False
        # The libraries are called through ctypes and fit every Python.
        build_data["tag"] = f"py3-none-{_platform_tag()}"


def _platform_tag() -> str:
    built_for = sysconfig.get_platform()
    if built_for.endswith("universal2"):
        built_for = built_for.replace("universal2", platform.machine())
    return built_for.replace("-", "_").replace(".", "_")
