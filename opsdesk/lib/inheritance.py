"""Templates whose {% extends %} and {% include %} are settled once: all that a page is made of in one.

Django looks for the parents, and for whose block counts, at every page; what comes out is always the same
while the parent's name is written in the template.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import copy
from typing import Any

from django.template import Node, NodeList, Template, TemplateDoesNotExist
from django.template.base import FilterExpression, TextNode, VariableNode
from django.template.defaulttags import (
    CommentNode,
    CsrfTokenNode,
    FirstOfNode,
    ForNode,
    IfNode,
    LoadNode,
    URLNode,
    WithNode,
)
from django.template.library import SimpleNode
from django.template.loader_tags import BlockNode, ExtendsNode, IncludeNode
from django.templatetags.i18n import BlockTranslateNode, TranslateNode
from django.templatetags.static import StaticNode

#: Nodes that name nothing for what follows, and those that do only if one of these says the name.
SILENT = (
    TextNode, VariableNode, CommentNode, LoadNode, CsrfTokenNode, IfNode, ForNode, WithNode, IncludeNode,
    BlockNode,
)  # fmt: skip
NAMING = (TranslateNode, BlockTranslateNode, URLNode, FirstOfNode, StaticNode, SimpleNode)
NAMES = ("asvar", "varname", "target_var")
#: A block that asks for its parent's has to be drawn by Django's own way.
SUPER = "block.super"


def settled(template: Template, part: Callable[[str], Template | None]) -> Template:
    """`template` without {% extends %} and plain {% include %}, as far as their names are written there.

    `part` gives an included template that is settled, None if it can't be had now."""
    if SUPER in template.source or template.engine.debug:  # an error is shown in the template it is in
        return template
    blocks: dict[str, BlockNode] = {}
    nodes, origins = template.nodelist, [template.origin]
    while extends := next((node for node in nodes if isinstance(node, ExtendsNode)), None):
        name = _literal(extends.parent_name)
        if name is None:
            return template
        for block in extends.blocks.values():
            blocks.setdefault(block.name, block)
        try:
            parent, origin = template.engine.find_template(name, skip=origins)
        except TemplateDoesNotExist:
            return template  # who draws it hears of it
        if SUPER in parent.source:
            return template
        origins.append(origin)
        nodes = parent.nodelist
    found = copy(template)
    found.nodelist = Placing(blocks, part).placed(nodes)
    return found


def _literal(expression: Any) -> str | None:
    """The name that is written in a tag; None of a variable."""
    is_written = isinstance(expression, FilterExpression) and not expression.filters
    return str(expression.var) if is_written and isinstance(expression.var, str) else None


class Placing:
    """Puts `blocks` and the templates of `part` where they belong."""

    def __init__(self, blocks: Mapping[str, BlockNode], part: Callable[[str], Template | None]) -> None:
        self.blocks, self.part = blocks, part

    def placed(self, nodes: NodeList) -> NodeList:
        """A copy, with the block that counts in each block's place; no trace of it if it names nothing."""
        found = NodeList()
        for node in nodes:
            if isinstance(node, BlockNode):
                chosen = self.blocks.get(node.name, node)
                inner = self.placed(chosen.nodelist)
                found.extend(inner if _are_silent(inner) else [_with(chosen, nodelist=inner)])
            elif isinstance(node, IfNode):
                parts = [(condition, self.placed(inner)) for condition, inner in node.conditions_nodelists]
                found.append(_with(node, conditions_nodelists=parts))
            elif (part := self._included(node)) is not None:
                found.extend(part)
            else:
                lists = {name: getattr(node, name, None) for name in node.child_nodelists}
                changed = {n: self.placed(inner) for n, inner in lists.items() if isinstance(inner, NodeList)}
                found.append(_with(node, **changed) if changed else node)
        return found

    def _included(self, node: Node) -> NodeList | None:
        """What {% include "a.html" %} draws, if it stands there with everything around it."""
        if type(node) is not IncludeNode or node.extra_context or node.isolated_context:
            return None
        name = _literal(node.template)
        template = self.part(name) if name and not name.startswith(".") else None
        return template.nodelist if template and _are_silent(template.nodelist) else None


def _with(node: Node, **changed: Any) -> Node:
    """A copy of `node` with other nodes below."""
    found = copy(node)
    for name, value in changed.items():
        setattr(found, name, value)
    return found


def _are_silent(nodes: NodeList) -> bool:
    """Whether they leave no name in the context behind."""
    return all(map(_is_silent, nodes.get_nodes_by_type(Node)))


def _is_silent(node: Node) -> bool:
    if isinstance(node, NAMING):
        return not any(getattr(node, name, None) for name in NAMES)
    return type(node) in SILENT or getattr(node, "is_silent", False)
