"""The addresses of the help desk."""

from django.urls import path

from .views import faq, inquiries, inquiry, intake

app_name = "helpdesk"
urlpatterns = [
    path("intake/", intake.intake, name="intake"),
    path("inquiries/", inquiries.inquiries, name="inquiries"),
    path("inquiries/<str:number>/answer/", inquiry.answer, name="answer"),
    path("inquiries/<str:number>/ask/", inquiry.ask, name="ask"),
    path("faq/", faq.faq_list, name="faqs"),
    path("faq/new/", faq.faq_edit, name="faq_new"),
    path("faq/hints/", faq.faq_hints, name="faq_hints"),
    path("faq/<int:pk>/", faq.faq, name="faq"),
    path("faq/<int:pk>/edit/", faq.faq_edit, name="faq_edit"),
]
