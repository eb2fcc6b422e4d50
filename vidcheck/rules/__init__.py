"""Reads a call's rules.yaml into Rules, and keeps the place of everything."""
