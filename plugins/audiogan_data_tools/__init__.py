"""The commands ``data inspect`` and ``data pack``: what is done to recordings before anything is trained on them.

Worker processes import this package too: what it registers is imported when it is asked for.
"""

from __future__ import annotations

from audiogan import Register, hookimpl


@hookimpl
def register_commands(register: Register) -> None:
    """Registers the commands."""
    from audiogan_data_tools.inspect_command import InspectCommand
    from audiogan_data_tools.pack_command import PackCommand

    register("data inspect", InspectCommand)
    register("data pack", PackCommand)
