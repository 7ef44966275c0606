"""Points of a few lines → an SVG with both axes logarithmic: what grows as its size does is a line of one slope."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from math import ceil, floor, log10

Points = Sequence[tuple[float, float]]
WIDTH, HEIGHT, ROOM = 520, 320, 56
COLOURS = ("#1f6feb", "#bc4c00", "#1a7f37", "#8250df")


def growth(title: str, across: str, lines: Mapping[str, Points]) -> str:
    """`lines`: name → (size, seconds), all above 0."""
    every = [point for points in lines.values() for point in points]
    left, right = floor(log10(min(x for x, _ in every))), ceil(log10(max(x for x, _ in every)))
    low, high = floor(log10(min(y for _, y in every))), ceil(log10(max(y for _, y in every)))

    def place(x: float, y: float) -> tuple[float, float]:
        return (
            ROOM + (log10(x) - left) / max(right - left, 1) * (WIDTH - 2 * ROOM),
            HEIGHT - ROOM - (log10(y) - low) / max(high - low, 1) * (HEIGHT - 2 * ROOM),
        )

    parts = [_text(WIDTH / 2, 24, title, "middle"), _text(WIDTH / 2, HEIGHT - 14, across, "middle")]
    for power in range(left, right + 1):
        x, y = place(10**power, 10**low)
        parts += [
            _line((x, y), place(10**power, 10**high), "#d0d7de"),
            _text(x, y + 18, f"{10**power:,}", "middle"),
        ]
    for power in range(low, high + 1):
        x, y = place(10**left, 10**power)
        parts += [
            _line((x, y), place(10**right, 10**power), "#d0d7de"),
            _text(x - 6, y + 4, f"{10.0**power:g} s", "end"),
        ]
    for number, ((name, points), colour) in enumerate(zip(lines.items(), COLOURS, strict=False)):
        placed = [place(*point) for point in points]
        said = " ".join(f"{x:.1f},{y:.1f}" for x, y in placed)
        parts.append(f'<polyline points="{said}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>' for x, y in placed]
        parts.append(_text(ROOM + 8, ROOM + 16 + 16 * number, name, "start", colour))
    box = f'xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" font-size="12"'
    return "\n".join(
        [f"<svg {box}>", f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>', *parts, "</svg>\n"]
    )


def _line(start: tuple[float, float], end: tuple[float, float], colour: str) -> str:
    (x1, y1), (x2, y2) = start, end
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}"/>'


def _text(x: float, y: float, words: str, anchor: str, colour: str = "#57606a") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}">{escape(words)}</text>'
