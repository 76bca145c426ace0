"""Addresses of the clinic room."""

from django.urls import URLPattern, path

from clinic.views import files

urlpatterns: list[URLPattern] = [
    path("<slug:site>/files/<uuid:uid>/", files.file, name="file"),
]
