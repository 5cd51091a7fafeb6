"""A bank's sheet of deposits: read, kept once, and matched with the orders that wait for a transfer."""
