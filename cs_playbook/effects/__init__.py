"""Changes the world: events in the ledger, bytes put in place."""
