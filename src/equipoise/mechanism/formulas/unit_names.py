"""What the names of units mean: prefixes, base units, and the units made of them.

A meaning is a product of powers of base units and of primes. Time, mass, length and amount follow
the SI brochure (9th edition, doi:10.59161/AUEZ1291); a year is 365.25 days and a month a twelfth of
it. An international unit (IU) and an enzyme unit (U) are bases of their own, because what they are
in grams or moles depends on the substance; so are things that are counted.
"""

from __future__ import annotations

from fractions import Fraction
from functools import cache

Meaning = tuple[tuple[str, Fraction], ...]

PREFIXES = {"f": -15, "p": -12, "n": -9, "u": -6, "m": -3, "c": -2, "d": -1, "k": 3, "M": 6, "G": 9}
"""Powers of ten."""

PREFIXED = ("g", "mol", "m", "s", "L", "M", "Da", "IU", "U")
"""Units that take a prefix."""

BASES = ("g", "mol", "m", "s", "IU", "U", "cell", "cycle", "dose", "event", "receptor")

MADE: dict[str, tuple[str, dict[str, int]]] = {
    "min": ("60", {"s": 1}),
    "h": ("3600", {"s": 1}),
    "day": ("86400", {"s": 1}),
    "d": ("86400", {"s": 1}),
    "week": ("604800", {"s": 1}),
    "month": ("2629800", {"s": 1}),
    "year": ("31557600", {"s": 1}),
    "L": ("1/1000", {"m": 3}),
    "M": ("1000", {"mol": 1, "m": -3}),
    "Da": ("1", {"g": 1, "mol": -1}),
    "%": ("1/100", {}),
}
"""Each unit as a factor and powers of `BASES`."""

LARGEST = 10**12
"""Largest numerator or denominator of a number that is written in a unit."""


@cache
def meaning(name: str) -> Meaning | None:
    """Return what a name means; None when nobody knows it.

    Examples
    --------
    >>> meaning("h")
    (('2', Fraction(4, 1)), ('3', Fraction(2, 1)), ('5', Fraction(2, 1)), ('s', Fraction(1, 1)))
    """
    if name in BASES:
        return ((name, Fraction(1)),)
    if name in MADE:
        factor, powers = MADE[name]
        return prime_powers(Fraction(factor)) + tuple((b, Fraction(p)) for b, p in powers.items())
    prefix, unit = name[:1], name[1:]
    if prefix not in PREFIXES or unit not in PREFIXED:
        return None
    made = dict(meaning(unit) or ())
    for prime in ("2", "5"):
        made[prime] = made.get(prime, Fraction(0)) + PREFIXES[prefix]
    return tuple((base, power) for base, power in made.items() if power)


def prime_powers(number: Fraction) -> Meaning:
    """Return the primes of a positive fraction with their exponents."""
    made: list[tuple[str, Fraction]] = []
    for rest, sign in ((number.numerator, 1), (number.denominator, -1)):
        made += [(str(p), Fraction(sign * count)) for p, count in _factors(rest).items()]
    return tuple(sorted(made, key=lambda pair: int(pair[0])))


def _factors(number: int) -> dict[int, int]:
    found: dict[int, int] = {}
    divisor = 2
    while divisor * divisor <= number:
        while number % divisor == 0:
            found[divisor] = found.get(divisor, 0) + 1
            number //= divisor
        divisor += 1
    if number > 1:
        found[number] = found.get(number, 0) + 1
    return found


def known_names() -> list[str]:
    """Return every name without a prefix."""
    return sorted({*BASES, *MADE})
