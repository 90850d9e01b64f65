"""Responses to operations that the emulator has no code for."""
