"""The pages of escalations: the queue, a case, its moves, raising, suggestions, the local policy.

Each starts from what is within the reader's reach; what may be done is what the table of moves gives.
"""
