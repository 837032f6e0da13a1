"""What cohorts show, and what their design alone would show."""
