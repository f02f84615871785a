"""The pages of figures: a home for each role, the dashboard, an agency's page, rows and reports.

Who may ask is decided here, by reach; the measures never see a user.
"""
