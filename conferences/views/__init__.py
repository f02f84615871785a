"""The pages of meetings and their registers."""
