"""Evidence room: what is known, number by number, and what is missing."""
