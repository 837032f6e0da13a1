"""Interactions: is the effect different in a phenotype."""
