"""What the help desk keeps: who calls (Contact), what they asked (Inquiry), what is known (Faq, Canned),
what came and went by mail (IncomingMail, SentMail)."""

from .canned import Canned
from .contact import Contact
from .faq import Faq
from .inquiry import Channel, Inquiry
from .mail import IncomingMail, SentMail

__all__ = ["Canned", "Channel", "Contact", "Faq", "IncomingMail", "Inquiry", "SentMail"]
