"""Mechanism: what would have to be true for a drug to work, at the levels patients reach."""
