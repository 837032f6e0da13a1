"""What kernels pass on: plain records of arrays, one line a field.

Positions count in the vector x, which holds the states of the exact blocks, then of the stiff
blocks, then of the driven groups, then the coupled states. A *reader* is a set of equations that
takes states from elsewhere: driven group g is reader g, the coupled states are the next, the
outputs the last. A *track* holds the course of a stiff block or, after these, of a driven group.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Integers = NDArray[np.int64]
Flags = NDArray[np.bool_]


class Layout(NamedTuple):
    """Where everything stands; the same for every patient.

    ``*_at`` are first positions in x, ``*_size`` numbers of states, ``*_code`` addresses of native
    functions. `linear_at` is where the numbers of an exact block begin in what the function at
    `linear_code` writes: its matrix by rows, its constant drive, a column for each infusion.
    """

    parameters: int
    constants: int
    states: int
    constants_code: int
    start_code: int
    linear_code: int
    linear_size: int
    exact_at: Integers
    exact_size: Integers
    exact_inputs: Integers
    linear_at: Integers
    track_at: Integers
    track_size: Integers
    stiff_code: Integers
    slopes_code: Integers
    own_at: Integers
    own_size: Integers
    own_code: Integers
    rates_code: Integers
    reads_exact: Flags
    reads_track: Flags
    uses: Flags
    floor: Array
    outputs_code: int
    outputs: int


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

    `jump` says that a state they use jumps there, `day` which output day it is, or -1.
    """

    time: Array
    jump: Flags
    day: Integers


class Modes(NamedTuple):
    """Exact blocks of one patient in their own coordinates, and their course.

    `rate`, shape (B, K): eigenvalues; `basis` and `inverse`, shape (B, K, K): eigenvectors;
    `whole`, shape (B,): whether the block has a full set of real ones (else the coordinates are
    the states, and `matrix` is stepped). From node j, at `time[b, j]`, the coordinates start at
    `level[b, j]` under the constant drive `drive[b, j]`; `last[b]` is the last node.
    """

    matrix: Array
    rate: Array
    basis: Array
    inverse: Array
    whole: Flags
    time: Array
    level: Array
    drive: Array
    forced: Flags
    last: Integers
    cursor: Integers


class Tracks(NamedTuple):
    """Courses as cubic pieces: on piece j, from `time[t, j]`, state i is a cubic in the time since.

    `cubic[t, j, i]` holds its coefficients from the constant on, `end[t, j]` the length of the
    piece; `last[t]` is the last piece.
    """

    time: Array
    end: Array
    cubic: Array
    last: Integers
    cursor: Integers


class Scratch(NamedTuple):
    """Room for one patient at a time."""

    x: Array
    p: Array
    y: Array
    trial: Array
    scale: Array
    stages: Array
    small: Array
    square: Array
    steps: Integers


class Tolerances(NamedTuple):
    """Relative errors allowed a step, and the largest number of steps of a patient."""

    stiff: float
    driven: float
    coupled: float
    steps: int
