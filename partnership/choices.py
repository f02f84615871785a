"""Coded values of the ground floor, with the words that are printed for them."""

from django.db import models


class Sector(models.TextChoices):
    """The field of work by which quorum rules name agencies."""

    SOCIAL_CARE_CHILDREN = "social_care_children", "Children's social care"
    SOCIAL_CARE_ADULT = "social_care_adult", "Adult social care"
    POLICE = "police", "Police"
    HEALTH_COMMUNITY = "health_community", "Community health"
    HEALTH_PRIMARY = "health_primary", "General practice"
    HEALTH_ACUTE = "health_acute", "Hospital health"
    HEALTH_MENTAL = "health_mental", "Mental health"
    EDUCATION = "education", "Education"
    SUBSTANCE_MISUSE = "substance_misuse", "Substance misuse"
    PROBATION = "probation", "Probation"
    HOUSING = "housing", "Housing"
    YOUTH_JUSTICE = "youth_justice", "Youth justice"
    VOLUNTARY = "voluntary", "Voluntary sector"
    OTHER = "other", "Other"
