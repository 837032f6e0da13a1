"""A trial before its first patient, and a truth to hold it against."""
