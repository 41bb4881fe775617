"""The demo team: someone to sign in as, and a first film."""
