"""Clock, locks, files and extras: modules that are independent of the network and of SpaceKnow."""
