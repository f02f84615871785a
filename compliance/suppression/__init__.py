"""Small counts held back in what is published, and enough others that nothing can be worked out.

From the bottom up: ``balancing`` looks for other numbers that fit what is shown, ``hiding`` decides
what is held back until they always exist, ``sums`` and ``relations`` say how the counts of a year hang
together, and ``family`` makes the published edition of every report of a partnership's year. Pure.
"""
