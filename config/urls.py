"""The front door: which address leads to which package."""

from django.urls import include, path

urlpatterns = [
    path("accounts/", include("allauth.account.urls")),
    path("api/v1/", include("api.urls")),
    path("", include("conferences.urls")),
    path("", include("escalation.urls")),
    path("", include("partnership.urls")),
    path("", include("training.urls")),
    path("", include("compliance.urls")),
]
