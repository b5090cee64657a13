"""Parcels, whose names in JSON are of every kind."""
