"""Records and windows: TFRecord files read and written, the order of windows, batches.

The way of a window: ``shard`` (one file) → ``record_list`` (many) → ``example`` (one record decoded) → a dataset's
``window`` → ``order`` (which window comes when) → ``loader`` (batches).
"""
