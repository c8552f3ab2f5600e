"""Recordings in folders: found by name, known by their headers, labelled, and read by the stretch.

The way of a recording: ``listing`` (which files) → ``known_files`` (what they say of themselves, lossy ones decoded
once by ``decoded_cache``) → ``labels`` and ``split`` (which class, trained on or held out) → ``recording`` (any stretch
of it, at the rate and with the channels wanted).
"""
