"""Recordings in folders: found by name, known by their headers, labelled, and read by the stretch.

The way of a recording: ``listing`` (which files) → ``headers`` (what they say of themselves) → ``labels`` and ``split``
(which class, trained on or held out) → ``recording`` (any stretch of it, at the rate and with the channels wanted).
"""
