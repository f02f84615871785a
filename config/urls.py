"""The front door: which address leads to which package."""

from django.urls import include, path
from django.views.generic import TemplateView

# Addresses are changed by who invited the person; the library's own form for that is not offered.
own_address = TemplateView.as_view(template_name="account/email.html")

urlpatterns = [
    path("accounts/email/", own_address, name="account_email"),
    path("accounts/", include("allauth.account.urls")),
    path("api/v1/", include("api.urls")),
    path("", include("conferences.urls")),
    path("", include("escalation.urls")),
    path("", include("partnership.urls")),
    path("", include("training.urls")),
    path("", include("compliance.urls")),
]
