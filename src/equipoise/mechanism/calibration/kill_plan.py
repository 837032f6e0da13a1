"""How kill adds up in a model of cells: which integral, times which coefficient, in whom.

A model in which coefficients of kill enter linearly needs one simulation a patient and arm for
every value of the coefficients: what is kept are integrals of the drives, and this plan says how
they add up to a burden of cells.
"""

from __future__ import annotations

from equipoise.evidence.question import Slice


class KillFamily(Slice):
    """Causes of kill that share a patient's sensitivity."""

    name: str
    """Name of the family."""
    sensitivity: str
    """Parameter of the model that holds the patient's sensitivity (median 1)."""
    spread: str
    """Parameter with its standard deviation on the log scale."""
    shift: str
    """Parameter: sensitivity is multiplied by exp(-shift * stratum)."""
    resistant: str = ""
    """Parameter: what is left of this kill in resistant cells; blank where all of it is."""


class KillTerm(Slice):
    """One cause of kill."""

    coefficient: str
    """Parameter: kill per unit of the integral."""
    integral: str
    """State that holds the integral of the drive."""
    family: str
    """Family whose sensitivity applies."""
    escaped: bool = False
    """Whether this kill fades as cells escape."""


class KillPlan(Slice):
    """The cells of a model as sums of integrals."""

    families: tuple[KillFamily, ...]
    """Families of causes."""
    terms: tuple[KillTerm, ...]
    """Causes of kill."""
    growth: str
    """State that holds the integral of growth."""
    cells: str
    """Parameter: cells before treatment."""
    resistant_share: str
    """Parameter: share of them that is resistant."""
    stratum: str
    """Covariate, 0 or 1, on which sensitivities are shifted."""
    levels: dict[str, int]
    """Names of its levels in the table of targets, each with 0 or 1."""
    escape_rate: str
    """Parameter: rate of escape per unit of its integral."""
    escape_integral: str
    """State that holds the integral of the drive of escape."""
    clonogenic: str
    """Parameter: cells left at which a complete response has probability exp(-1)."""
    definitions: dict[str, tuple[str, ...]]
    """Each definition of complete response and the parameters (log10 cells) it adds up."""

    @property
    def states(self) -> tuple[str, ...]:
        """Integrals to ask a simulation for, each once."""
        names = [self.growth, self.escape_integral, *(term.integral for term in self.terms)]
        return tuple(dict.fromkeys(names))

    @property
    def unsimulated(self) -> tuple[str, ...]:
        """Parameters that enter after the simulation and are 0 in it: escape and coefficients."""
        return (self.escape_rate, *(term.coefficient for term in self.terms))

    @property
    def parameters(self) -> tuple[str, ...]:
        """Parameters that it names, coefficients and all, each once."""
        families = [
            name
            for family in self.families
            for name in (family.sensitivity, family.spread, family.shift, family.resistant)
            if name
        ]
        shifts = [name for names in self.definitions.values() for name in names]
        single = [self.cells, self.resistant_share, self.escape_rate, self.clonogenic, self.stratum]
        coefficients = [term.coefficient for term in self.terms]
        return tuple(dict.fromkeys([*families, *coefficients, *shifts, *single]))
