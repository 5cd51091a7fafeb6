"""What is sold, paid, sent and counted."""
