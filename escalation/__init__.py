"""Escalation: a disagreement between agencies, its stages and its deadlines.

The room stands on conferences and training and below compliance; its cases are built next. Until
then it holds nothing that pages or figures could show.
"""
