"""Kraken maps and their files."""
