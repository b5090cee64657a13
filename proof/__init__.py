"""Engines that prove of a running service what its contract says. They read documents and speak the wire, and nothing else of ours.

`python -m proof` lists them. They import neither the service nor what is generated for it, so that no mistake of these hides in both.
"""
