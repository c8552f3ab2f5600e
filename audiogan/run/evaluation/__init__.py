"""Evaluating what is there already, a run or any folder of audio: subjects, metrics that apply, figures, documents."""
