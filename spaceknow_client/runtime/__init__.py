"""Clock, locks, files and extras: what knows neither the network nor SpaceKnow."""
