"""Pooling of sparse counts, without adding to them."""
