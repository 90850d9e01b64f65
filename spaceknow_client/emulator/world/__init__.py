"""The emulator's world: scenes anywhere on Earth and the ground that they show.

Pure and deterministic: no network, no clock, no state except caches. Worlds of one seed are equal,
in any process.
"""
