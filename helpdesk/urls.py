"""The addresses of the help desk."""

from django.urls import path

from .views import faq, figures, inquiries, inquiry, intake, quarantine

app_name = "helpdesk"
urlpatterns = [
    path("intake/", intake.intake, name="intake"),
    path("intake/fax/", intake.fax_page, name="fax_page"),
    path("intake/quarantine/", quarantine.quarantine, name="quarantine"),
    path("intake/quarantine/<int:pk>/", quarantine.quarantined, name="quarantined"),
    path("intake/quarantine/<int:pk>/html/", quarantine.mail_html, name="mail_html"),
    path("inquiries/", inquiries.inquiries, name="inquiries"),
    path("inquiries/<str:number>/answer/", inquiry.answer, name="answer"),
    path("inquiries/<str:number>/ask/", inquiry.ask, name="ask"),
    path("figures/inquiries/", figures.inquiry_figures, name="inquiry_figures"),
    path("faq/", faq.faq_list, name="faqs"),
    path("faq/new/", faq.faq_edit, name="faq_new"),
    path("faq/hints/", faq.faq_hints, name="faq_hints"),
    path("faq/<int:pk>/", faq.faq, name="faq"),
    path("faq/<int:pk>/edit/", faq.faq_edit, name="faq_edit"),
]
