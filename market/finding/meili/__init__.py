"""Meilisearch: asked where a server of it is set, and kept in step with the documents in the database."""
