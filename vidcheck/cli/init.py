"""`vidcheck init`."""
def init() -> None:
    """Write."""
