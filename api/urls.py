"""The addresses of the interface for machines, version 1."""

urlpatterns = []
