"""Which form of an answer a client wants (RFC 9110, section 12.5.1)."""

from __future__ import annotations

from collections.abc import Sequence

_EXACT, _TYPE, _ANY = 3, 2, 1  # how closely a media range names an offer


def best(accept: str, offers: Sequence[str], fallback: str) -> str:
    """Return the offer that `accept` likes best, the earlier of equals; `fallback` if it likes none."""
    ranges = [_range(text) for text in accept.split(",") if text.strip()]
    liked = [(_quality(offer, ranges), offer) for offer in offers]
    quality = max(quality for quality, _ in liked)
    return next(offer for q, offer in liked if q == quality) if quality > 0 else fallback


def _range(text: str) -> tuple[str, float]:
    media, *parameters = (part.strip().lower() for part in text.split(";"))
    weight = next((p.removeprefix("q=") for p in parameters if p.startswith("q=")), "1")
    try:
        return media, float(weight)
    except ValueError:
        return media, 0.0


def _quality(offer: str, ranges: Sequence[tuple[str, float]]) -> float:
    named = [(_closeness(offer, media), quality) for media, quality in ranges]
    return max(((closeness, quality) for closeness, quality in named if closeness), default=(0, 0.0))[1]


def _closeness(offer: str, media: str) -> int:
    if media == offer:
        return _EXACT
    if media == offer.partition("/")[0] + "/*":
        return _TYPE
    return _ANY if media == "*/*" else 0
