"""The address of a case, for as long as the pages are not there."""

from django.http import HttpResponse
from django.urls import include, path

CASE = path("escalations/<str:reference>/", lambda request, reference: HttpResponse(), name="detail")
urlpatterns = [path("", include("config.urls")), path("", include(([CASE], "escalation")))]
