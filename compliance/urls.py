"""The pages of figures and reports."""

app_name = "compliance"
urlpatterns = []
