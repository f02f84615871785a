"""Escalation: a disagreement between agencies, its stages and its deadlines.

The room stands on conferences and training, and below compliance.
"""
