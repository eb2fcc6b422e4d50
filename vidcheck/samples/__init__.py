"""One tiny real clip and the byte surgery that turns it into any sample that the demo and the tests need."""
