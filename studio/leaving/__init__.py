"""Leaving with everything: a project as one bundle, and back; a person with what is theirs."""
