"""What a design does under a truth: three engines, one answer."""
