"""The hand-written part of the client: doors, retries, tokens, the socket. It knows no contract but the one handed in."""
