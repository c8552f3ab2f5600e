"""How the figures look, and how they become files that are the same for the same run."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import matplotlib as mpl
from matplotlib import style
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.ticker import MaxNLocator

# Okabe and Ito's palette (2008), told apart with any colour vision; its yellow is left out as too faint on white.
SERIES = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#7f5539")
MARKERS = ("o", "s", "^", "D", "v", "P", "X")
INK = "#24292f"
FAINT = "#6e7781"
GRID = "#d8dee4"
PAPER = "#ffffff"

_SETTINGS = {
    "font.size": 10.0,
    "text.parse_math": False,
    "text.color": INK,
    "axes.edgecolor": FAINT,
    "axes.labelcolor": INK,
    "axes.facecolor": "none",
    "axes.grid": True,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "grid.color": GRID,
    "grid.linewidth": 0.6,
    "xtick.color": INK,
    "ytick.color": INK,
    "figure.facecolor": PAPER,
    "legend.frameon": False,
    "svg.fonttype": "path",
    "svg.hashsalt": "audiogan",
}


@contextmanager
def figure_style() -> Iterator[None]:
    """Matplotlib's defaults with the settings above, whatever the user's own settings are; they return afterwards.

    A title may hold characters that the font lacks: they are drawn as boxes without a warning each.
    """
    with style.context(["default", _SETTINGS]), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")
        yield


def png_bytes(figure: Figure) -> bytes:
    """The figure as PNG, 160 dots an inch."""
    image = io.BytesIO()
    FigureCanvasAgg(figure)
    figure.savefig(image, format="png", dpi=160, metadata={"Software": None})
    return image.getvalue()


def svg_text(figure: Figure) -> str:
    """The figure as SVG without a date, its text as outlines so that it looks alike everywhere."""
    drawing = io.StringIO()
    FigureCanvasSVG(figure)
    figure.savefig(drawing, format="svg", metadata={"Date": None, "Creator": f"matplotlib {mpl.__version__}"})
    return drawing.getvalue()


def page_layout() -> ConstrainedLayoutEngine:
    """A layout that keeps every text inside the figure, and off its edge."""
    return ConstrainedLayoutEngine(w_pad=0.12, h_pad=0.1)


def mark_whole_numbers(axes: Axes) -> None:
    """Ticks of the horizontal axis at whole numbers only, as steps are, with thousands separated."""
    axes.xaxis.set_major_locator(MaxNLocator(nbins=5, integer=True, steps=[1, 2, 2.5, 5, 10]))
    axes.xaxis.set_major_formatter(lambda value, _position: f"{value:,.0f}")
