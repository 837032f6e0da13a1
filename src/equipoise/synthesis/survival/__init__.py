"""Time to an event: estimators, tests and reconstruction."""
