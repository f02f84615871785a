import time, pytest
from django.db import connection
T={}
@pytest.mark.parametrize("n", range(60))
def test_cal(n, calendar): pass
@pytest.mark.parametrize("n", range(60))
def test_db(n, db): pass
@pytest.mark.parametrize("n", range(60))
def test_place(n, partnership): pass
@pytest.mark.parametrize("n", range(60))
def test_all(n, people): pass
@pytest.mark.parametrize("n", range(60))
def test_allmeet(n, people, meeting, core_group, meeting_elsewhere): pass
@pytest.mark.parametrize("n", range(60))
def test_nothing(n): pass
@pytest.mark.parametrize("n", range(60))
def test_login(n, client, people):
    client.force_login(people.alice)
@pytest.mark.parametrize("n", range(60))
def test_login2(n, client, people):
    client.force_login(people.alice); client.get("/")
@pytest.mark.parametrize("n", range(60))
def test_login3(n, client, people):
    client.force_login(people.alice); client.get("/"); client.get("/")
