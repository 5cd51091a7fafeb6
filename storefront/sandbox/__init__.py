"""A practice Stripe on loopback: the same API and a card page where no money moves."""
