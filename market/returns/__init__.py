"""Goods that were sent come back: asked for, received, refunded; or sent anew."""
