"""Comparisons with the last release."""
