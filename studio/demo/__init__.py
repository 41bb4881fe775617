"""The demo team: someone to sign in as, an account to work with, and a first film."""
