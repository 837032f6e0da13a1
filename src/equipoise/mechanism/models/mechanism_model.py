"""A model as the engines take it: states, parameters, equations, all of them checked."""

from __future__ import annotations

import difflib
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from equipoise.errors import InputError, Problem
from equipoise.mechanism.formulas import Formula, Unit
from equipoise.mechanism.models.rows import Parameter, State


@dataclass(frozen=True, eq=False)
class MechanismModel:
    """A checked model; time is in days.

    Attributes
    ----------
    name : str
    states : tuple of State
    parameters : tuple of Parameter
    rates : mapping of str to Formula
        A rate for every state, in the state's unit per day, in the order of the states.
    assignments : mapping of str to Formula
        Quantities that follow from states and parameters, each after those it uses.
    initials : mapping of str to Formula
        The value of every state at the start, in the order of the states.
    units : mapping of str to Unit
        Of states, parameters and assigned quantities.
    quasi_steady_order : tuple of str
        The quasi-steady states, each after those its equation uses.
    digest : str
        SHA-256 of states, names of parameters and equations. Values of parameters do not enter, so
        models that differ in values alone share compiled code.
    """

    name: str
    states: tuple[State, ...]
    parameters: tuple[Parameter, ...]
    rates: Mapping[str, Formula]
    assignments: Mapping[str, Formula]
    initials: Mapping[str, Formula]
    units: Mapping[str, Unit]
    quasi_steady_order: tuple[str, ...]
    digest: str

    @cached_property
    def names_of_states(self) -> tuple[str, ...]:
        """Names of the states, in the order of the vector x."""
        return tuple(state.name for state in self.states)

    @cached_property
    def names_of_parameters(self) -> tuple[str, ...]:
        """Symbols of the parameters, in the order of the vector p."""
        return tuple(parameter.symbol for parameter in self.parameters)

    @cached_property
    def values(self) -> NDArray[np.float64]:
        """Values of the parameters, shape (p,), not writable."""
        values = np.array([parameter.value for parameter in self.parameters])
        values.flags.writeable = False
        return values

    @cached_property
    def blocks(self) -> Mapping[str, tuple[State, ...]]:
        """States that are solved together by themselves, by the name of their block."""
        made: dict[str, tuple[State, ...]] = {}
        for state in self.states:
            if state.block:
                made[state.block] = (*made.get(state.block, ()), state)
        return made

    @cached_property
    def _positions(self) -> Mapping[str, int]:
        return {symbol: k for k, symbol in enumerate(self.names_of_parameters)}

    def index(self, symbol: str) -> int:
        """Return the position of a parameter in p.

        Raises
        ------
        InputError
            No parameter has that symbol; names close to it are given.
        """
        if symbol not in self._positions:
            raise InputError([unknown(symbol, self.names_of_parameters, "a parameter")])
        return self._positions[symbol]

    def unit_of(self, name: str) -> Unit:
        """Return the unit of a state, a parameter or an assigned quantity.

        Raises
        ------
        InputError
            The model holds nothing of that name.
        """
        if name not in self.units:
            raise InputError([unknown(name, self.units, "a state, parameter or assigned quantity")])
        return self.units[name]

    def with_values(self, values: Mapping[str, float]) -> MechanismModel:
        """Return the model with other values of some parameters, in the parameters' units.

        Raises
        ------
        InputError
            Every symbol that is no parameter, and every value that is no finite number.
        """
        problems = [
            unknown(symbol, self.names_of_parameters, "a parameter")
            for symbol in values
            if symbol not in self._positions
        ]
        for symbol, value in values.items():
            if not math.isfinite(value):
                action = "Give a finite number."
                problems.append(Problem("", symbol, "value", repr(value), "a number", action))
        if problems:
            raise InputError(problems)
        changed = tuple(
            parameter.model_copy(update={"value": float(values[parameter.symbol])})
            if parameter.symbol in values
            else parameter
            for parameter in self.parameters
        )
        return replace(self, parameters=changed)


def unknown(name: str, known: Iterable[str], kind: str) -> Problem:
    """Return the problem of a name that nothing has, with names close to it."""
    near = difflib.get_close_matches(name, list(known), 3, 0.6)
    action = f"Did you mean {' or '.join(near)}?" if near else "Correct the name or define it."
    return Problem("", "", "", name, f"{kind} of the model", action)
