"""The pages about the interface: keys, one's calendar, the description."""

from django.urls import path

from api.views import calendars, docs, keys

app_name = "machines"
urlpatterns = [
    path("set-up/keys/", keys.key_list, name="key-list"),
    path("set-up/keys/list.<export:form>", keys.key_list_file, name="key-list-file"),
    path("set-up/keys/make/", keys.make, name="key-make"),
    path("set-up/keys/<int:number>/", keys.detail, name="key-detail"),
    path("set-up/keys/<int:number>/revoke/", keys.revoke, name="key-revoke"),
    path("account/calendar/", calendars.calendar, name="calendar"),
    path("account/calendar/make/", calendars.make, name="calendar-make"),
    path("account/calendar/revoke/", calendars.revoke, name="calendar-revoke"),
    path("calendar/<str:secret>.ics", calendars.feed, name="calendar-feed"),
    path("api/", docs.docs, name="docs"),
]
