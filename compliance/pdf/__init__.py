"""How a PDF is written: one typeface, the tree of tags, and files of thousands of pages in little memory."""
