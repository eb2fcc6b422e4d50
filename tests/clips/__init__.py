"""One tiny real clip and the byte surgery that turns it into any film that the tests need, and into the demo's samples."""
