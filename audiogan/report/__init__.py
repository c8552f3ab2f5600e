"""The records of a run, and its report: tables, plots and a page."""

from audiogan.report.pages import Report, write_report
from audiogan.report.tables import Table

__all__ = ["Report", "Table", "write_report"]
