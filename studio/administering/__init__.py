"""The administrators' pages: Django's admin over takes, people, teams, accounts and budgets."""
