"""How a shopper's words meet what the villages offer."""
