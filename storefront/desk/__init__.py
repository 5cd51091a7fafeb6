"""The village operator's desk."""
