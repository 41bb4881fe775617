"""Webhooks: what a team's projects tell to addresses outside, signed and until it is heard."""
