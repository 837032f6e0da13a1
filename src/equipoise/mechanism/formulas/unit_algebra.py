"""Units as products of named units: multiplied, divided, raised to a power, and compared exactly.

A unit keeps the names it was written with (mg, L, day), so that a message can show them. Compared
are the base units behind the names and the factor, and the factor is kept as powers of primes:
1 h is 2^4 3^2 5^2 s. So equality needs no rounding, and a root of a factor stays exact.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache

from equipoise.mechanism.formulas.unit_names import meaning, prime_powers

Powers = tuple[tuple[str, Fraction], ...]


def merged(*all_powers: Iterable[tuple[str, Fraction]]) -> Powers:
    """Multiply products of powers; what cancels goes, the order of first mention stays."""
    made: dict[str, Fraction] = {}
    for powers in all_powers:
        for name, power in powers:
            made[name] = made.get(name, Fraction(0)) + power
    return tuple((name, power) for name, power in made.items() if power)


def raised(powers: Iterable[tuple[str, Fraction]], exponent: Fraction) -> Powers:
    """Raise a product of powers to an exponent."""
    return tuple((name, power * exponent) for name, power in powers if power * exponent)


@dataclass(frozen=True)
class Unit:
    """A product of powers of named units and numbers.

    Attributes
    ----------
    named : tuple of (str, Fraction)
        Names or numbers as written, with their exponents; empty for a plain number, written ``1``.
    """

    named: Powers = ()

    def __mul__(self, other: Unit) -> Unit:
        return Unit(merged(self.named, other.named))

    def __truediv__(self, other: Unit) -> Unit:
        return Unit(merged(self.named, raised(other.named, Fraction(-1))))

    def __pow__(self, exponent: Fraction | int) -> Unit:
        return Unit(raised(self.named, Fraction(exponent)))

    @property
    def meaning(self) -> Mapping[str, Fraction]:
        """Exponents of the base units and, under their digits, of the primes of the factor."""
        return _meaning(self.named)

    @property
    def plain(self) -> bool:
        """Whether it is a number with the factor 1."""
        return not self.meaning

    def same(self, other: Unit) -> bool:
        """Whether two units are equal, factor and all: day is not h, umol is not mmol."""
        return self.meaning == other.meaning

    def factor_to(self, other: Unit) -> Fraction | None:
        """Return how many of `other` one of this is; None where they measure different things.

        None also where the factor is no fraction, such as the root of a thousand.
        """
        factor = Fraction(1)
        for name, power in (self / other).meaning.items():
            if not name.isdigit() or power.denominator != 1:
                return None
            factor *= Fraction(int(name)) ** int(power)
        return factor

    def __str__(self) -> str:
        above = [_power_text(name, power) for name, power in self.named if power > 0]
        below = [_power_text(name, -power) for name, power in self.named if power < 0]
        text = " ".join(above) or "1"
        return text + (
            f"/({' '.join(below)})" if len(below) > 1 else "".join(f"/{b}" for b in below)
        )


ONE = Unit()
"""The unit of a plain number."""


def _power_text(name: str, power: Fraction) -> str:
    if power == 1:
        return name
    return f"{name}^{power}" if power.denominator == 1 else f"{name}^({power})"


@cache
def _meaning(named: Powers) -> Mapping[str, Fraction]:
    made = []
    for name, power in named:
        base = prime_powers(Fraction(name)) if name[0].isdigit() else meaning(name)
        made.append(raised(base or (), power))
    return dict(merged(*made))
