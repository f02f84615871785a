"""The pages of the staff list."""

from django.urls import path

from partnership.views import staff

app_name = "partnership"
person = "people/<int:number>/"
urlpatterns = [
    path("people/add/", staff.add, name="staff-add"),
    path(f"{person}change/", staff.change, name="staff-change"),
    path(f"{person}leave/", staff.leave, name="staff-leave"),
]
