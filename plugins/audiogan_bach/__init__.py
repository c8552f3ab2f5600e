"""Bach at the piano: the embedded dataset ``bach-piano`` and the command ``data bach``.

The dataset is a few of Bach keyboard pieces, written out as notes and rendered by a small additive piano.

What is in it, each complete unless said otherwise and without ornaments:

- Invention no. 1 in C major, BWV 772 (22 bars), and no. 4 in D minor, BWV 775 (52 bars);
- Preludes in C major and C minor of the Well-Tempered Clavier I, BWV 846/1 (35 bars) and BWV 847/1 (38 bars);
- Little preludes in C major, BWV 924 (18 bars) and BWV 939 (16 bars);
- the Aria of the Goldberg Variations, BWV 988 (32 bars, no repeats, without appoggiaturas);
- Prelude in C minor, BWV 999 (43 bars), written for the lute and long played on keyboards.

That is about 13 minutes of distinct music. Renditions differ in key, tempo, rubato and dynamics, always in the same
way: 27 minutes to train on and 8 minutes held out.
"""

from __future__ import annotations

from audiogan import Register, hookimpl


@hookimpl
def register_datasets(register: Register) -> None:
    """Registers the embedded dataset."""
    from audiogan_bach.dataset import BachPianoDataset

    register("bach-piano", BachPianoDataset)


@hookimpl
def register_commands(register: Register) -> None:
    """Registers the command."""
    from audiogan_bach.chorales.bach_command import BachCommand

    register("data bach", BachCommand)
