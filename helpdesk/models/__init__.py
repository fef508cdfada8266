"""What the help desk keeps: who calls (Contact), what they asked (Inquiry), what is known (Faq, Canned)."""

from .canned import Canned
from .contact import Contact
from .faq import Faq
from .inquiry import Channel, Inquiry

__all__ = ["Canned", "Channel", "Contact", "Faq", "Inquiry"]
