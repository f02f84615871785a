"""The pages of meetings."""

from django.urls import path

from conferences.views import meeting

app_name = "conferences"
meetings = "partnerships/<str:code>/meetings/"
one = f"{meetings}<str:reference>/"
urlpatterns = [
    path(one, meeting.meeting, name="meeting-detail"),
]
