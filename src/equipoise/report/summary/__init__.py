"""The plain-language summary: sentences written from the numbers."""
