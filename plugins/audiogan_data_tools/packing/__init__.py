"""Recordings packed into TFRecord shards: planned, written by several processes, taken up again where they stopped."""
