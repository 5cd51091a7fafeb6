"""Machines: the public API, webhooks, health."""
