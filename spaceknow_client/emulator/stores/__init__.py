"""The stored data of the emulated service."""
