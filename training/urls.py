"""The pages of training."""

from django.urls import path

from training.views import confirming, exemptions, people, records, session

app_name = "training"
person = "people/<int:number>/"
record = "people/records/<int:number>/"
urlpatterns = [
    path("people/", people.person_list, name="person-list"),
    path("people/list.csv", people.person_list_csv, name="person-list-csv"),
    path("people/log/", session.log_many, name="session"),
    path("people/log/done/", session.done, name="session-done"),
    path("people/to-confirm/", confirming.to_confirm, name="record-confirm"),
    path(f"{person}log/", records.log, name="record-log"),
    path(f"{person}exempt/", exemptions.exempt, name="exempt"),
    path(f"{record}correct/", records.correct, name="record-correct"),
    path(f"{record}withdraw/", records.withdraw, name="record-withdraw"),
    path("people/exemptions/<int:number>/end/", exemptions.end, name="exemption-end"),
]
