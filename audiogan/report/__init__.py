"""The table and the figures of a run."""
