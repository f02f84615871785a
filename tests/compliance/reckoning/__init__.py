"""A second reckoning of every reading and count, by brute force over plain rows.

Nothing of the measures is used: small worlds of dicts are made up at random (``world``), written to
the database and closed by the product itself (``written``), and counted again in the plainest way.
"""
