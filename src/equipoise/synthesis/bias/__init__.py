"""Small-study effects, selection and influence."""
