"""Bach's four-part chorales from music21's corpus, played on a sampled piano."""
