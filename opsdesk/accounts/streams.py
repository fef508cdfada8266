"""Which chain of history an account's event belongs to."""

from .models import Organization


def stream_of(organization: Organization | None) -> str:
    """The organization's own stream; people without one (administrators) are in the union's."""
    if organization is not None:
        return organization.code
    union = Organization.objects.filter(kind=Organization.Kind.UNION).values_list("code", flat=True).first()
    return union or "union"
