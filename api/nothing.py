"""What answers where there is nothing: a problem document too, to those who are signed in."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from api.base import PlainView


@extend_schema(exclude=True)
class Nothing(PlainView):
    """Every address that is not there."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        raise Http404

    def allowed_parameters(self) -> list[str]:
        return list(self.request.query_params)

    def get(self, request: Request) -> None:
        """Never reached: it says only that the address can be asked."""
