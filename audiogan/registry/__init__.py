"""Component classes by kind and name, as installed plugins registered them."""

from audiogan.registry.hookspecs import Register, hookimpl, hookspec
from audiogan.registry.loading import installed, load_plugin, load_plugins, register
from audiogan.registry.registry import BrokenPlugin, Entry, Plugin, Registry

__all__ = [
    "BrokenPlugin",
    "Entry",
    "Plugin",
    "Register",
    "Registry",
    "hookimpl",
    "hookspec",
    "installed",
    "load_plugin",
    "load_plugins",
    "register",
]
