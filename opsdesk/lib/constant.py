"""Templates whose unchanging parts are drawn once: words, addresses and symbols that depend on nothing.

A page of ours has some hundred {% translate %}, {% url %}, {% static %} and {% icon %} with nothing but a
literal in them; together with the text between they become one piece, drawn once a language and a process.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from django.template import Context, Node, NodeList, Template, TemplateDoesNotExist
from django.template.base import FilterExpression, TextNode, TokenType
from django.template.defaulttags import CommentNode, IfNode, LoadNode, URLNode
from django.template.library import SimpleNode
from django.template.loader_tags import IncludeNode
from django.template.loaders import cached
from django.templatetags.i18n import BlockTranslateNode, TranslateNode
from django.templatetags.static import StaticNode
from django.urls import get_script_prefix, get_urlconf, reverse
from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from .inheritance import settled

#: Names of our own tags that say the same for the same literals.
OWN = {"icon"}


class Loader(cached.Loader):
    """Django's cached loader; {% extends %} is settled and every template folded when it is read."""

    def __init__(self, engine: Any, loaders: Any) -> None:
        self.settled: dict[str, Template] = {}
        self.under_way: set[str] = set()
        super().__init__(engine, loaders)

    def get_template(self, template_name: str, skip: Any = None) -> Template:
        if skip:  # a parent: its blocks have to be there for its children
            return super().get_template(template_name, skip)
        if template_name not in self.settled:
            self.under_way.add(template_name)
            try:
                found = settled(super().get_template(template_name), self._part)
            finally:
                self.under_way.discard(template_name)
            fold(found.nodelist)
            self.settled[template_name] = found
        return self.settled[template_name]

    def _part(self, template_name: str) -> Template | None:
        """A template to be drawn in another one; not one that is in itself, nor one that is not there."""
        if template_name in self.under_way:
            return None
        try:
            return self.get_template(template_name)
        except TemplateDoesNotExist:
            return None

    def reset(self) -> None:
        self.settled.clear()
        super().reset()


class Constant(Node):
    """Neighbours that say the same every time; `token` and `origin` are those of the first."""

    child_nodelists = ()
    is_silent = True

    def __init__(self, nodes: list[Node]) -> None:
        self.nodes: list[Node] = []
        for node in nodes:
            self.nodes += node.nodes if isinstance(node, Constant) else [node]
        self.kept: dict[Any, SafeString] = {}
        self.speaks = any(isinstance(node, TranslateNode | BlockTranslateNode) for node in self.nodes)
        self.leads = any(isinstance(node, URLNode) for node in self.nodes)
        self.token, self.origin = nodes[0].token, nodes[0].origin

    def render(self, context: Context) -> SafeString:
        return self.render_annotated(context)

    def render_annotated(self, context: Context) -> SafeString:
        key = context.autoescape, self.speaks and get_language(), self.leads and place()
        if key not in self.kept:
            self.kept[key] = SafeString("".join(str(node.render_annotated(context)) for node in self.nodes))
        return self.kept[key]


class Numbered(Node):
    """The address of a row, {% url 'tasks:detail' task.pk %}: found once, then only the number is put in."""

    child_nodelists = ()
    is_silent = True
    SAMPLE = 1_234_567_890

    def __init__(self, node: Any) -> None:
        self.node, self.argument, self.view_name = node, node.args[0], node.view_name.var
        self.kept: dict[Any, list[str]] = {}
        self.token, self.origin = node.token, node.origin

    def render(self, context: Context) -> str:
        number = self.argument.resolve(context)
        if type(number) is not int or number < 0 or not context.autoescape:
            return self.node.render(context)
        key = place()
        if key not in self.kept:
            sample = escape(reverse(self.view_name, args=[self.SAMPLE]))
            self.kept[key] = sample.split(str(self.SAMPLE))
        parts = self.kept[key]
        return SafeString(f"{parts[0]}{number}{parts[1]}")


class Included:
    """What an {% include "a.html" %} takes: the template, looked for once and not once a page."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.found: Template | None = None

    def resolve(self, context: Any) -> Template:
        if self.found is None:
            self.found = context.template.engine.get_template(self.name)
        return self.found


def place() -> tuple[str | None, str]:
    """What decides an address besides its name."""
    return get_urlconf(), get_script_prefix()


def fold(nodes: NodeList) -> None:
    """Put a Constant for each run of constant nodes, here and below; a lone text stays what it is."""
    found: list[Node] = []
    for is_run, group in groupby(nodes, is_constant):
        run = [node for node in group if not isinstance(node, CommentNode | LoadNode)]
        if is_run and not all(isinstance(node, TextNode) for node in run):
            found.append(run[0] if len(run) == 1 and isinstance(run[0], Constant) else Constant(run))
        else:
            found += [Numbered(node) if _is_of_a_row(node) else node for node in run]
    for node in found:
        if type(node) is IncludeNode and _is_plain_name(node.template):
            node.template = Included(str(node.template.var))  # type: ignore[assignment]
        for below in beneath(node):
            fold(below)
    nodes[:] = found


def beneath(node: Node) -> Iterator[NodeList]:
    """The lists of nodes within one."""
    if isinstance(node, IfNode):
        yield from (nodes for _condition, nodes in node.conditions_nodelists)
        return
    for name in node.child_nodelists:
        nodes = getattr(node, name, None)
        if isinstance(nodes, NodeList):
            yield nodes


def is_constant(node: Node) -> bool:
    """Whether it says the same in every context."""
    return isinstance(node, Constant | TextNode | CommentNode | LoadNode) or any(
        isinstance(node, kind) and says(node) for kind, says in KINDS.items()
    )


def is_literal(expression: FilterExpression) -> bool:
    """A literal without filters."""
    var = expression.var
    return not expression.filters and (not hasattr(var, "lookups") or var.lookups is None)


def _is_plain_name(expression: Any) -> bool:
    """A literal name, and none that begins where the template is (./a.html)."""
    return (
        isinstance(expression, FilterExpression)
        and is_literal(expression)
        and isinstance(expression.var, str)
        and not expression.var.startswith(".")
    )


def _translates(node: Any) -> bool:
    return not node.asvar and not node.message_context and is_literal(node.filter_expression)


def _translates_block(node: Any) -> bool:
    tokens = [*node.singular, *node.plural]
    return (
        not node.asvar
        and not node.extra_context
        and not node.message_context
        and not node.countervar
        and all(token.token_type == TokenType.TEXT for token in tokens)
    )


def _has_literals(node: Any, *, name: str = "asvar") -> bool:
    given = [*node.args, *node.kwargs.values()]
    return not getattr(node, name) and all(map(is_literal, given))


def _is_of_a_row(node: Any) -> bool:
    return (
        isinstance(node, URLNode)
        and not (node.asvar or node.kwargs)
        and len(node.args) == 1
        and is_literal(node.view_name)
    )


KINDS: dict[type[Node], Any] = {
    TranslateNode: _translates,
    BlockTranslateNode: _translates_block,
    URLNode: lambda node: is_literal(node.view_name) and _has_literals(node),
    StaticNode: lambda node: not node.varname and is_literal(node.path),
    SimpleNode: lambda node: node.func.__name__ in OWN and _has_literals(node, name="target_var"),
}
