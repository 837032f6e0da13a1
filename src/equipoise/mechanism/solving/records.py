"""What kernels pass on: plain records of arrays, and what their columns hold.

A *source* holds the course of states that are solved before others read them, in pieces: sources
are the exact blocks, then the stiff blocks, then the driven groups. On a piece, state i is, in the
time s since its start,

    x_i = sum_m w_im e^(l_m s) + c_i0 + c_i1 s + c_i2 s^2 + c_i3 s^3,

with exponentials for exact blocks only. Piece j of source k is `row[k, j]`: its start, then the
numbers of `source_terms.row_names`. A reader finds the numbers that hold at present, and s, in the
vector p, behind parameters and constants.

A *reader* is a set of equations: driven group g is reader g, the coupled states are the next one,
the outputs the last. `reads[0]` is the number of sources it reads, their numbers follow.

Compiled code counts references to every array it takes out of a record or cuts from another. So the
innermost functions take few arrays, index them where they stand, and get addresses as numbers.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Integers = NDArray[np.int64]
Flags = NDArray[np.bool_]

LAST, CURSOR, SIZE, SLOT, CLOCK, CUBIC, WIDTH = range(7)
"""Columns of `book[k]`: last piece of source k, the piece that p holds, how many numbers a row has
after its start, where in p they go, where s goes; in a row, where the cubic of state 0 begins and
how far apart those of two states are."""

Y, TRIAL, SCALE, RIGHT, NEW_SLOPE, SLOPE, STAGE = range(7)
"""Lines of `room`: states, states after a trial step, largest values so far, a right side, rates
after and before a step, and stages from the last line on."""

LEFT, EXPLICIT, IMPLICIT = range(3)
"""Entries of `steps`: how many a patient has left, and how many of each kind were tried."""

LINES = 12
"""Lines of `room` in all."""

BYTES = 8
"""Of a number."""


class Events(NamedTuple):
    """What changes at a dose time, sorted by block (exact, then stiff) and time.

    `first[b]` to `first[b + 1]` are those of block b. A dose given at once adds to state `state` of
    its block; with `state` -1 the infusion `column` of the block (parameter `parameter`) changes by
    `amount` per day. `scaling` and `until` are as in a `Schedule`.
    """

    first: Integers
    time: Array
    taken: Array
    state: Integers
    column: Integers
    parameter: Integers
    amount: Array
    scaling: Integers
    until: Integers


class Stops(NamedTuple):
    """Times at which the coupled states start again.

    `jump` says that their rates jump there, `day` which output day it is, or -1.
    """

    time: Array
    jump: Flags
    day: Integers


class Modes(NamedTuple):
    """Exact blocks in coordinates that move by themselves; the first axis is the patient's.

    `basis`, `inverse`, shape (n, B, K, K): eigenvectors; `rate`, shape (n, B, K): eigenvalues;
    `constant`, shape (n, B, K), and `column`, shape (n, B, C, K): constant drive and that of a unit
    of each infusion; `whole`, shape (n, B): whether there is a full set of real eigenvectors.
    """

    basis: Array
    inverse: Array
    rate: Array
    constant: Array
    column: Array
    whole: Flags


class Code(NamedTuple):
    """Addresses of native functions, and sizes of what they work on; the same for every patient.

    Of block b: `size`, first place `at` among all states, `rates` and `slopes`. Of reader g:
    `own_size`, `own_at`, `own_rates`; `own_slopes` for driven groups; `reads[g]`; `uses[g, i]`,
    whether it uses state i. `floor` is 1 for a state that is a logarithm.
    """

    start: int
    outputs: int
    size: Integers
    at: Integers
    rates: Integers
    slopes: Integers
    own_size: Integers
    own_at: Integers
    own_rates: Integers
    own_slopes: Integers
    reads: Integers
    uses: Flags
    floor: Array


class Tolerances(NamedTuple):
    """Relative errors allowed a step, and the largest number of steps of a patient."""

    stiff: float
    driven: float
    coupled: float
    steps: int
