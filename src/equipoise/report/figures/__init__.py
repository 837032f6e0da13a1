"""Figures of the dossier: one file a figure, drawn from results and nothing else."""
