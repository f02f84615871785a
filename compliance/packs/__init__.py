"""Packs: gathered, drawn, put into files, and looked after while the worker is at it."""
