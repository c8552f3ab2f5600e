"""The interface of commands: what a plugin adds to the command line."""

from __future__ import annotations

from abc import ABC, abstractmethod
from argparse import ArgumentParser, Namespace
from typing import ClassVar


class Command(ABC):
    """A subcommand of ``audiogan``, built as ``Subclass()``.

    It is registered by the words behind ``audiogan``, such as ``import-tensorflow`` or ``data inspect``.
    """

    help: ClassVar[str]
    """One line for ``audiogan --help``."""

    @abstractmethod
    def add_arguments(self, parser: ArgumentParser) -> None:
        """Adds the command's arguments to its parser."""

    @abstractmethod
    def run(self, arguments: Namespace) -> int:
        """Does the work; returns the exit status.

        :raises AudioganError: a mistake of the user's; the command line prints its text and exits with status 2.
        """
