"""The table and the figures of a run."""

from audiogan.report.rows import Row
from audiogan.report.terminal_table import plain_table, render_table
from audiogan.report.write import Report, write_report

__all__ = ["Report", "Row", "plain_table", "render_table", "write_report"]
