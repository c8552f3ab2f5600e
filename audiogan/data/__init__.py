"""Records and windows: framing, order, batches."""
