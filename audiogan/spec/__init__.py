"""Experiment files: read, merged, structured strictly, every mistake explained."""
