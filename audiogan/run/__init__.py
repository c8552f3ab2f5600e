"""A whole experiment file, run: its folder, its experiments one after another, their scores, the report."""
