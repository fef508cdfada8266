"""What a browser without scripts would send: the controls of a form as they stand in a page."""

from html.parser import HTMLParser


class _Controls(HTMLParser):
    """Collects (name, value) of the form with the given id, in their order; buttons send nothing."""

    def __init__(self, form: str) -> None:
        super().__init__()
        self.form, self.inside, self.off = form, False, 0
        self.found: list[tuple[str, str]] = []
        self.select: tuple[str, list[str], str] | None = None
        self.area: tuple[str, list[str]] | None = None

    def handle_starttag(self, tag, attrs):
        a = dict(attrs)
        if tag == "form" and a.get("id") == self.form:
            self.inside = True
        if tag == "template":
            self.off += 1
        if not self.inside or self.off:
            return
        if tag == "input" and a.get("name"):
            is_box = a.get("type") in ("checkbox", "radio")
            if not is_box or "checked" in a:
                self.found.append(
                    (a["name"], a.get("value") or ("on" if is_box and "value" not in a else ""))
                )
        elif tag == "select":
            self.select = (a["name"], [], "")
        elif tag == "option" and self.select:
            name, chosen, first = self.select
            value = a.get("value", "")
            self.select = (name, [*chosen, value] if "selected" in a else chosen, first or f"={value}")
        elif tag == "textarea":
            self.area = (a["name"], [])

    def handle_data(self, data):
        if self.area:
            self.area[1].append(data)

    def handle_endtag(self, tag):
        if tag == "template":
            self.off -= 1
        if tag == "select" and self.select:
            name, chosen, first = self.select
            self.found += [(name, value) for value in chosen or [first[1:]]]
            self.select = None
        if tag == "textarea" and self.area:
            self.found.append((self.area[0], "".join(self.area[1]).removeprefix("\n")))
            self.area = None
        if tag == "form":
            self.inside = False


def sent(html: str, form: str = "settings") -> dict[str, list[str]]:
    """Names with their values, as test clients take them."""
    reader = _Controls(form)
    reader.feed(html)
    data: dict[str, list[str]] = {}
    for name, value in reader.found:
        data.setdefault(name, []).append(value)
    data.pop("csrfmiddlewaretoken", None)
    return data
