"""Telephone campaign of a bank."""
__version__ = "0.3.1"
