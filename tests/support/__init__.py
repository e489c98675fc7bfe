"""What the black-box tests share: servers, clients, and the watch over every secret."""
