"""Biomarkers: who could benefit, and how little is known of it."""
