"""SpaceKnow and AsyncSpaceKnow: options, wiring and pickling."""
