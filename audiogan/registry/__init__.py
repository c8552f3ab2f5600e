"""Component classes by kind and name, as installed plugins registered them."""

from audiogan.registry.hookspecs import Register, hookimpl, hookspec
from audiogan.registry.manager import installed, load_plugins
from audiogan.registry.registry import BrokenPlugin, Entry, Registry

__all__ = ["BrokenPlugin", "Entry", "Register", "Registry", "hookimpl", "hookspec", "installed", "load_plugins"]
