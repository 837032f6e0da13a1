"""Mechanism room: what would have to be true for the drug to work."""
