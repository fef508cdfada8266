"""What somebody was told."""

from tests.browser.places.place import Place, Places

PLACES: Places = {
    "sato": (  # 業務運用
        Place("/notices/"),
        Place("/notices/?state=all"),
        Place("/notices/settings/"),
        Place("/digests/2026-11-20/"),
        Place("/notices/outbox/", status=403),
    ),
    "kubo": (  # administrator
        Place("/notices/"),
        Place("/notices/outbox/"),
        Place("/notices/outbox/?state=sent"),
    ),
}
#: Addresses without a page of their own, and why.
NOT_PAGES: dict[str, str] = {
    "notices:open": "POST, goes to what the notice tells of",
    "notices:read": "POST, goes to the notices",
    "notices:outbox_send": "POST, goes to the outbox",
}
