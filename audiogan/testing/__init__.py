"""Checks that a plugin author runs against a component of their own."""
