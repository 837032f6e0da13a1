"""Design: which study would settle it, and is it worth it."""
