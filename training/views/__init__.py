"""The pages of training: who is due, logging for one and for many, confirming, correcting, exempting.

Each starts from what is within the reader's reach. A person's own page stands in compliance, beside
the meetings they went to.
"""
