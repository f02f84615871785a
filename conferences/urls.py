"""The pages of meetings."""

from django.urls import path

from conferences import views

app_name = "conferences"
urlpatterns = [
    path("partnerships/<str:code>/meetings/<str:reference>/", views.meeting, name="meeting-detail"),
]
