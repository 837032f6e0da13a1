"""The tables of a model, read and checked."""
