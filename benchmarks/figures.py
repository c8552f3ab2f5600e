"""The figures that the LSTM is held to, and the table of them that ends a session."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import frozen

GPU = "on an NVIDIA GPU"


@frozen
class Figure:
    """A ratio of two times, or gibibytes: at most ``limit``, better ``stretch``, or None where nothing is asked for."""

    name: str
    limit: float | None
    stretch: float | None
    unit: str = ""


FIGURES = (
    Figure("forward + backward / nn.LSTM default", 0.35, 0.22),
    Figure("forward + backward / nn.LSTM with huge pages", 0.75, 0.45),
    Figure("forward + backward / nn.LSTM native", None, None),
    Figure("forward + backward / JAX scan", None, None),
    Figure("inference forward / nn.LSTM", 0.5, 0.35),
    Figure("inference forward / nn.LSTM with huge pages", None, None),
    Figure("penalty step / own forward + backward", 2.3, 2.0),
    Figure("penalty step / nn.LSTM native", 1 / 35, 1 / 50),
    Figure("penalty step / JAX scan", 1 / 6, 1 / 9),
    Figure("inference: T = 4096 / T = 512", 9, 8.3),
    Figure("forward + backward: T = 4096 / T = 512", 9, 8.3),
    Figure("penalty step: T = 4096 / T = 512", 9, 8.3),
    Figure("extra memory of a penalty step", 2.0, 1.1, "GiB"),
    Figure("critic's step under WGAN / with nn.LSTM", None, None),
    Figure("critic's step under WGAN-GP / with nn.LSTM native", None, None),
    Figure("critic's step under WGAN-GP at T = 1024 / with nn.LSTM native", None, None),
    Figure(f"{GPU}: forward + backward / cuDNN", 1.0, 0.7),
    Figure(f"{GPU}: penalty step / cuDNN disabled", 1 / 50, 1 / 150),
)

_NAMES = {figure.name for figure in FIGURES}


class Figures:
    """What a session has measured."""

    def __init__(self) -> None:
        self._measured: dict[str, float] = {}
        self._notes: dict[str, str] = {}

    def record(self, name: str, value: float) -> None:
        """Keeps a measured figure.

        :raises KeyError: none is called ``name``.
        """
        self._notes.pop(_known(name), None)
        self._measured[name] = value

    def note(self, name: str, reason: str) -> None:
        """Says why a figure was not measured.

        :raises KeyError: none is called ``name``.
        """
        self._notes[_known(name)] = reason

    def rows(self) -> list[tuple[str, ...]]:
        """Name, measured, at most, stretch, verdict."""
        return [self._row(figure) for figure in FIGURES]

    def as_json(self) -> list[Mapping[str, str | float | None]]:
        """The same for programs."""
        return [
            {
                "name": figure.name,
                "measured": self._measured.get(figure.name),
                "at_most": figure.limit,
                "stretch": figure.stretch,
                "unit": figure.unit or "ratio",
                "verdict": self._verdict(figure),
            }
            for figure in FIGURES
        ]

    def is_empty(self) -> bool:
        """Whether nothing was measured or noted."""
        return not self._measured and not self._notes

    def _row(self, figure: Figure) -> tuple[str, ...]:
        numbers = (self._measured.get(figure.name), figure.limit, figure.stretch)
        return figure.name, *(readable(number, figure.unit) for number in numbers), self._verdict(figure)

    def _verdict(self, figure: Figure) -> str:
        value = self._measured.get(figure.name)
        if value is None:
            return self._notes.get(figure.name, "not measured")
        if figure.limit is None or figure.stretch is None:
            return ""
        if value <= figure.stretch:
            return "reached, and the stretch"
        return "reached" if value <= figure.limit else "NOT REACHED"


def readable(number: float | None, unit: str) -> str:
    """A figure in a table: small ratios as fractions.

    >>> readable(0.02, ""), readable(8.3, ""), readable(1.1, "GiB")
    ('1/50', '8.3', '1.1 GiB')
    """
    if number is None:
        return ""
    if unit:
        return f"{number:.3g} {unit}"
    return f"1/{1 / number:.3g}" if number < 0.2 else f"{number:.3g}"


def _known(name: str) -> str:
    if name not in _NAMES:
        raise KeyError(f"no figure is called '{name}'")
    return name
