"""The command ``import-tensorflow``: checkpoints of the original WaveGAN and SpecGAN become audiogan's own files.

Source of names and layouts: https://github.com/chrisdonahue/wavegan.
"""

from __future__ import annotations

from audiogan import Register, hookimpl


@hookimpl
def register_commands(register: Register) -> None:
    """Registers the command."""
    from audiogan_tensorflow.command import ImportTensorflowCommand

    register("import-tensorflow", ImportTensorflowCommand)
