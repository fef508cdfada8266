"""When a disk will be full: a straight line through its last days. Pure."""

from __future__ import annotations

from collections.abc import Sequence

#: A line through less than a day says nothing, and one that ends in ten years neither.
LEAST_DAYS, LEAST_POINTS, MOST_DAYS = 1.0, 12, 3650.0


def days_left(points: Sequence[tuple[float, float]], full: float = 100.0) -> float | None:
    """Days after the last of `points` (day, percent) until the line through them reaches `full`.

    None if it does not rise, or if there is too little to draw a line through."""
    if len(points) < LEAST_POINTS or points[-1][0] - points[0][0] < LEAST_DAYS:
        return None
    n = len(points)
    mean_day, mean = sum(d for d, _v in points) / n, sum(v for _d, v in points) / n
    spread = sum((d - mean_day) ** 2 for d, _v in points)
    slope = sum((d - mean_day) * (v - mean) for d, v in points) / spread if spread else 0.0
    if slope <= 1e-6:
        return None
    last = mean + slope * (points[-1][0] - mean_day)
    left = max(0.0, (full - max(last, points[-1][1])) / slope)
    return left if left <= MOST_DAYS else None
