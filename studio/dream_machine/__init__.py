"""Dailies speaks Luma's Dream Machine API v1 itself (`openapi.json`), for scripts that know it."""
