"""Posteriors without simulation: finite mixtures of normals."""
