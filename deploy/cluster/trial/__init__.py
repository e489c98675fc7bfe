"""What `try` is made of: a whole cluster on one machine, below one directory."""
