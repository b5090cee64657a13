"""The terminal client: every operation of the contract as a command. Its tables are generated, what works is here."""
