"""Digits of bounds and of spent errors that no double can give: mpmath, 40 digits.

Usage: python validation/rpact/sequential_digits.py   (needs mpmath, no dependency of equipoise)
"""

from mpmath import erfc, exp, findroot, mp, mpf, ncdf, nstr, pi, quad, sqrt

mp.dps = 40
ALPHA = mpf("0.025")
Z = -findroot(lambda x: ncdf(x) - ALPHA / 2, -2.24)


def tail(x):
    """P(standard normal > x)."""
    return erfc(x / sqrt(mpf(2))) / 2


def spent(t):
    """2 - 2 Phi(z / sqrt t)."""
    return 2 * tail(Z / sqrt(t))


def second_exit(t1, t2, first, second):
    """P(Z1 < first, Z2 >= second)."""
    step = sqrt(t2 - t1)
    edges = [mpf(-14), *range(-10, 3), mpf(3), first]

    def inside(z):
        density = exp(-z * z / 2) / sqrt(2 * pi)
        return density * tail((second * sqrt(t2) - z * sqrt(t1)) / step)

    return quad(inside, edges)


third = mpf(1) / 3
bound1 = -findroot(lambda x: ncdf(x) - spent(third), -3.71)
target = spent(2 * third) - spent(third)
bound2 = findroot(
    lambda u: second_exit(third, 2 * third, bound1, u) - target, (2.5, 2.52), tol=1e-28
)
print(f"| second bound, t = 1/3, 2/3 | {nstr(bound2, 20)} |")
for t in ("0.02", "0.1", "0.3", "0.5"):
    print(f"| spent at {t} | {nstr(spent(mpf(t)), 18)} |")
