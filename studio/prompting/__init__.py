"""Help with words that never invents one: lists, wildcards, recipes, structure."""
