"""The layers of the project: their groups and order, and the themes that show some of them in a style each."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from udsat_geo.designation.columns import describe_layer
from udsat_geo.files.contents import Contents
from udsat_geo.files.qgis.elements import element, key_of, options, text_element
from udsat_geo.files.qgis.styles import Style
from udsat_geo.files.qgis.words import PROJECT

OUTLINE = "outline"
"""The style in which areas open: outlines over the units that they are made of."""
_GROUPS = (
    # above the units, which would cover them
    ("group_before", ("changes", "changed_units")),
    ("group_now", ("areas", "near_misses", "units")),
    ("group_tables", ("status", "overrides")),
)
"""From the top of the map down."""
_THEMES: dict[str, dict[str, str]] = {
    "theme_now": {"areas": OUTLINE, "near_misses": "", "units": ""},
    "theme_areas": {"areas": "", "units": "ground"},
    "theme_roles": {"areas": OUTLINE, "units": "role"},
    "theme_changes": {"changes": "", "units": "ground"},
}
"""Theme -> layer -> the key of its style, empty for its default."""


@dataclass(frozen=True)
class Member:
    """A layer as the project has it.

    Attributes
    ----------
    name : str
        Of the layer in the GeoPackage.
    title, id, source : str
    """

    name: str
    title: str
    id: str
    source: str


@dataclass(frozen=True)
class Group:
    """Layers that stand together.

    Attributes
    ----------
    title : str
    members : tuple of Member
    shown : bool
        When the project opens.
    """

    title: str
    members: tuple[Member, ...]
    shown: bool


def groups_of(file: str, contents: Contents, summary: Mapping[str, Any]) -> tuple[Group, ...]:
    """The groups of a designation's layers, without those that the file does not have.

    Parameters
    ----------
    file : str
        The GeoPackage's name: layers are found beside the project, which stands within it.
    contents : Contents
    summary : mapping
        Of the designation.
    """
    language, words = summary["language"], PROJECT[summary["language"]]
    changes = summary["changes"]
    groups = []
    for key, names in _GROUPS:
        members = tuple(
            Member(name, describe_layer(name, language).title, _layer_id(file, name), f"./{file}|layername={name}")
            for name in names
            if name in contents.layers
        )
        if key == "group_before" and changes is None:
            key = "group_no_before"
        title = words[key].format(year=changes["previous_year"] if key == "group_before" else summary["year"])
        if members:
            groups.append(Group(title, members, key != "group_before" and key != "group_no_before"))
    return tuple(groups)


def tree_of(groups: Iterable[Group]) -> ET.Element:
    """The tree of layers."""
    return element("layer-tree-group", {}, *(_group(group) for group in groups))


def tree_layer(member: Member, title: str | None = None) -> ET.Element:
    """A layer in a tree, under a title of its own where one is given."""
    told = options({"cached_name": member.title, "legend/title-label": title}) if title else element("Option")
    known = {
        "id": member.id, "name": member.title, "source": member.source, "providerKey": "ogr",
        "checked": "Qt::Checked", "expanded": True, "patch_size": "-1,-1", "legend_exp": "",
        "legend_split_behavior": 0,
    }  # fmt: skip
    return element("layer-tree-layer", known, element("customproperties", {}, told))


def themes_of(
    groups: Sequence[Group], styles: Mapping[str, Sequence[Style]], language: str
) -> tuple[ET.Element, dict[str, str]]:
    """The themes of a project, and what each of them is called."""
    words = PROJECT[language]
    member_of = {member.name: (group, member) for group in groups for member in group.members}
    themes = []
    for key, shown in _THEMES.items():
        there = {name: style for name, style in shown.items() if name in member_of}
        layers = [
            element("layer", {
                "id": member_of[name][1].id, "visible": True, "expanded": True,
                "style": _style_name(styles[name], style),
            })
            for name, style in there.items()
        ]  # fmt: skip
        titles = dict.fromkeys(member_of[name][0].title for name in there)
        known = {"name": words[key], "has-expanded-info": True, "has-checked-group-info": True}
        nodes = [_group_nodes(kind, titles) for kind in ("checked", "expanded")]
        themes.append(element("visibility-preset", known, *layers, *nodes))
    return element("visibility-presets", {}, *themes), {key: words[key] for key in _THEMES}


def _group_nodes(kind: str, titles: Iterable[str]) -> ET.Element:
    return element(f"{kind}-group-nodes", {}, *(element(f"{kind}-group-node", {"id": title}) for title in titles))


def _style_name(styles: Sequence[Style], key: str) -> str:
    return next(style.name for style in styles if not key or style.key == key)


def _group(group: Group) -> ET.Element:
    known = {"name": group.title, "checked": "Qt::Checked" if group.shown else "Qt::Unchecked", "expanded": group.shown}
    nothing = element("customproperties", {}, element("Option"))
    return element("layer-tree-group", known, nothing, *(tree_layer(member) for member in group.members))


def _layer_id(file: str, name: str) -> str:
    return f"{name}_{key_of(file, name)[1:-1].replace('-', '_')}"


def item_order(groups: Iterable[Group]) -> ET.Element:
    """The order in which layers are drawn, the uppermost first."""
    return element("layerorder", {}, *(element("layer", {"id": m.id}) for group in groups for m in group.members))


def text_elements(parent: str, texts: Mapping[str, str]) -> ET.Element:
    """An element that holds one text for each name."""
    return element(parent, {}, *(text_element(name, text) for name, text in texts.items()))
