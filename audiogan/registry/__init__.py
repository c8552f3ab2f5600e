"""Component classes by kind and name, as installed plugins registered them."""

from audiogan.registry.hookspecs import hookimpl, hookspec
from audiogan.registry.manager import installed, load_plugins
from audiogan.registry.registry import BrokenPlugin, Entry, Registry

__all__ = ["BrokenPlugin", "Entry", "Registry", "hookimpl", "hookspec", "installed", "load_plugins"]
