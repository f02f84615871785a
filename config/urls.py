"""The front door: which address leads to which package."""

from allauth.account.urls import urlpatterns as account_pages
from django.urls import include, path
from django.views.generic import TemplateView

from partnership.accounts import SignIn

# Addresses are changed by who invited the person; the library's own form for that is not offered.
own_address = TemplateView.as_view(template_name="account/email.html")
account_pages = [
    page for page in account_pages if page.name not in ("account_email", "account_login")
]

urlpatterns = [
    path("accounts/email/", own_address, name="account_email"),
    path("accounts/login/", SignIn.as_view(), name="account_login"),
    path("accounts/", include(account_pages)),
    path("api/v1/", include("api.urls")),
    path("", include("api.page_urls")),
    path("", include("conferences.urls")),
    path("", include("escalation.urls")),
    path("", include("partnership.urls")),
    path("", include("training.urls")),
    path("", include("compliance.urls")),
]
