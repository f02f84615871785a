"""Figures, and the pages, reports and spreadsheets made of them."""

from reportlab import rl_config

rl_config.shapeChecking = 0  # only ``charts`` makes shapes; read when the library's are imported
