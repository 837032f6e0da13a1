"""What earlier evidence was worth, judged by what came later."""
