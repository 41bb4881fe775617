"""Help with words."""
