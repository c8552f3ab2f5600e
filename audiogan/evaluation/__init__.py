"""From samples to figures, one protocol for all."""
