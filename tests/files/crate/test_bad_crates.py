"""A crate may be anybody's: damaged, huge, in rings, or made to read and write where it should not."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crate_towns import NAME, made, rerun
from udsat_geo.files.crate import is_safe_path, read_crate
from udsat_geo.messages.errors import InputError

Graph = dict[str, dict[str, Any]]
RUN = "#run-2021"
RO_CRATE = "https://w3id.org/ro/crate/1.1"


def everything_below(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def refused(*arguments: str | Path) -> str:
    code, found, error = rerun(*arguments)
    assert (code, found) == (2, {})
    assert error.startswith("error: ")
    return error


@pytest.mark.long
def test_there_must_be_a_crate(town: Path) -> None:
    assert "no such crate" in refused("nowhere")
    assert "no such crate" in refused("registers")
    made(2021, town / "out")
    assert "--inputs nowhere: no such folder" in refused("out", "--inputs", "nowhere")
    assert "--registers nowhere: no such folder" in refused("out", "--raw", "nowhere")


def crate_of(*entities: Any) -> str:
    """A crate of these entities, with what every crate has."""
    about = {"@id": NAME, "@type": "CreativeWork", "about": {"@id": "./"}, "conformsTo": {"@id": RO_CRATE}}
    graph = [about, {"@id": "./", "@type": "Dataset"}, *entities]
    return json.dumps({"@context": f"{RO_CRATE}/context", "@graph": graph})


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("", "is no JSON"),
        ("{", "is no JSON"),
        ("\x00\x01", "is no JSON"),
        ("[" * 100_000, "is no JSON"),
        ("[]", "is no RO-Crate"),
        ("{}", "is no RO-Crate"),
        ('{"@graph": {}}', "is no RO-Crate"),
        ('{"@graph": []}', "is no RO-Crate"),
        ('{"@graph": [1]}', "is no RO-Crate"),
        ('{"@graph": [{"@id": 7}]}', "is no RO-Crate"),
        (crate_of({"@id": "a", "@type": "File"}, {"@id": "a", "@type": "File"}), "two entities 'a'"),
        ('{"@graph": [{"@id": "./", "@type": "Dataset"}]}', "is no RO-Crate"),
        (crate_of(), "holds no run of udsat_geo"),
        (crate_of({"@id": "a", "@type": "CreateAction"}), "holds no run of udsat_geo"),
        (crate_of({"@id": "a", "@type": "CreateAction", "instrument": {"@id": "a"}}), "holds no run"),
        (crate_of({"@id": "a", "@type": "CreateAction", "instrument": {"@id": "b"}},
                  {"@id": "b", "@type": "SoftwareApplication", "name": "another"}), "holds no run of udsat_geo"),
    ],
)  # fmt: skip
def test_what_is_no_crate_of_ours_is_told(town: Path, text: str, what: str) -> None:
    (town / NAME).write_text(text, encoding="utf-8")
    assert what in refused(".")


def test_a_crate_of_100_mb_is_not_even_read(town: Path) -> None:
    with (town / NAME).open("wb") as file:
        file.truncate(100 * 1024**2)
    assert "has 100 MiB, more than any crate of ours" in refused(".")


def test_a_crate_that_is_no_file_is_not_waited_for(town: Path) -> None:
    os.mkfifo(town / NAME)
    assert "no such crate" in refused(".")


def of_kind(graph: Graph, what: str) -> dict[str, Any]:
    """The input that holds something."""
    wanted = f"{RUN}-input-2021-{what}"
    return graph[wanted]


def further(graph: Graph, what: str, name: str, value: str) -> None:
    """Give an input of the crate another value, or one more."""
    identity = f"{RUN}-input-2021-{what}-{name}"
    entity = of_kind(graph, what)
    if identity not in graph:
        entity["additionalProperty"].append({"@id": identity})
    graph[identity] = {"@id": identity, "@type": "PropertyValue", "name": name, "value": value}


def option(graph: Graph, name: str, value: str) -> None:
    """Give an option of the crate another value, or one more."""
    for entity in graph.values():
        if entity.get("@type") == "PropertyValue" and entity.get("name") == name:
            entity["value"] = value
            return
    graph["#one-more"] = {"@id": "#one-more", "@type": "PropertyValue", "name": name, "value": value}
    graph[RUN]["object"].append({"@id": "#one-more"})


def result(graph: Graph, name: object) -> None:
    graph[RUN]["result"] = {"@id": name}
    if isinstance(name, str):
        graph[name] = {**graph["designation_2021.gpkg"], "@id": name}


HOSTILE: list[tuple[str, Callable[[Graph], object], str]] = [
    ("result above", lambda g: result(g, "../../escaped.gpkg"), "no file that udsat_geo writes"),
    ("result by root", lambda g: result(g, "/etc/passwd"), "no file that udsat_geo writes"),
    ("result by drive", lambda g: result(g, "C:\\designation_2021.gpkg"), "no file that udsat_geo writes"),
    ("result on the web", lambda g: result(g, "https://example.org/designation_2021.gpkg"), "no file that udsat_geo"),
    ("result by file address", lambda g: result(g, "file:///etc/passwd"), "no file that udsat_geo writes"),
    ("result of another name", lambda g: result(g, "settings.py"), "no file that udsat_geo writes"),
    ("result in a folder", lambda g: result(g, "designation_2021/../../x.gpkg"), "no file that udsat_geo writes"),
    ("result that is not there", lambda g: g[RUN].update(result={"@id": "#gone"}), "refers to something that is not"),
    ("result that is a number", lambda g: g[RUN].update(result=7), "refers to something that is not there"),
    ("no result", lambda g: g[RUN].pop("result"), "has no results"),
    ("the action as its own result", lambda g: g[RUN].update(result={"@id": RUN}), "no file that udsat_geo writes"),
    ("the action as its own object", lambda g: g[RUN].update(object={"@id": RUN}), "has no year that fits"),
    ("a ring of properties", lambda g: of_kind(g, "residents").update(
        additionalProperty={"@id": f"{RUN}-input-2021-residents"}), "no input of ours"),
    ("input above", lambda g: of_kind(g, "residents").update(name="../../residents.parquet"), "more than a name"),
    ("input by root", lambda g: of_kind(g, "residents").update(name="/etc/passwd"), "more than a name"),
    ("input by drive", lambda g: of_kind(g, "residents").update(name="C:x"), "more than a name"),
    ("input on the web", lambda g: of_kind(g, "barriers").update(name="https://x.org/x.gpkg"), "more than a name"),
    ("input of two dots", lambda g: of_kind(g, "residents").update(name=".."), "more than a name"),
    ("input without name", lambda g: of_kind(g, "residents").pop("name"), "has no name"),
    ("input of a long name", lambda g: of_kind(g, "residents").update(name="x" * 5000), "has no name"),
    ("input with a line break", lambda g: of_kind(g, "residents").update(name="a\nerror: b"), "has no name"),
    ("input of no kind", lambda g: further(g, "residents", "what", "passwords"), "no input of ours"),
    ("path above", lambda g: further(g, "residents", "path", "registers/../../secret"), "leads elsewhere"),
    ("path by root", lambda g: further(g, "residents", "path", "/etc/passwd"), "leads elsewhere"),
    ("path by backslash", lambda g: further(g, "residents", "path", "..\\..\\secret"), "leads elsewhere"),
    ("path that is an address", lambda g: further(g, "residents", "path", "https://example.org/x"), "leads elsewhere"),
    ("policy above", lambda g: of_kind(g, "policy").update(name="../own.toml"), "more than a name"),
    ("registers that were fetched", lambda g: further(g, "residents", "fetched", "true"), "that no option names"),
    ("a name with a way out, fetched", lambda g: (further(g, "residents", "fetched", "true"),
        of_kind(g, "residents").update(name="../../x")), "that no option names"),
    ("hash that is none", lambda g: of_kind(g, "residents").update(sha256="../" * 20), "has no SHA-256"),
    ("hash that is a list", lambda g: of_kind(g, "residents").update(sha256=["a"]), "has no SHA-256"),
    ("rows below zero", lambda g: further(g, "residents", "rows", "-1"), "has no rows that fits"),
    ("two of one kind", lambda g: further(g, "places", "what", "barriers"), "two files of the same"),
    ("one name for two", lambda g: of_kind(g, "dwellings").update(name=of_kind(g, "residents")["name"]), "two files"),
    ("no policy", lambda g: further(g, "policy", "what", "base"), "names no policy"),
    ("no registers", lambda g: further(g, "residents", "what", "settings"), "neither registers nor a table"),
    ("year that is none", lambda g: option(g, "--year", "soon"), "has no year that fits"),
    ("year beyond all", lambda g: option(g, "--year", "99999"), "has no year that fits"),
    ("option that there is not", lambda g: option(g, "--out", "/etc"), "'--out' that there is not"),
    ("language that there is not", lambda g: option(g, "--lang", "tlh"), "tells --lang 'tlh'"),
    ("seed that is none", lambda g: option(g, "--seed", "1; rm"), "tells --seed"),
    ("previous above", lambda g: option(g, "--previous", "../../designation_2017.gpkg"), "none of its inputs"),
    ("source that there is not", lambda g: g["#source-registers"].update(name="hearsay"), "what it was made from"),
    ("tool without a version", lambda g: next(e for e in g.values() if e.get("name") == "udsat_geo").pop("version"),
     "has no version"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "what"), [each[1:] for each in HOSTILE], ids=[each[0] for each in HOSTILE])
def test_a_hostile_crate_is_told_and_changes_nothing(
    town_with_run: Path, change: Callable[[Graph], object], what: str
) -> None:
    town, path = town_with_run, town_with_run / "out" / NAME
    crate = json.loads(path.read_text(encoding="utf-8"))
    graph = {entity["@id"]: entity for entity in crate["@graph"]}
    change(graph)
    path.write_text(json.dumps({**crate, "@graph": list(graph.values())}), encoding="utf-8")
    before = everything_below(town.parent)
    error = refused("out")
    assert what in error
    assert error.count("\n") == error.count("error: "), "one line for each problem"
    assert everything_below(town.parent) == before


@pytest.mark.long
def test_two_runs_of_one_year_are_told(town: Path) -> None:
    path = made(2021, town / "out")
    crate = json.loads(path.read_text(encoding="utf-8"))
    again = next(entity for entity in crate["@graph"] if entity["@id"] == RUN)
    crate["@graph"].append({**again, "@id": "#again"})
    path.write_text(json.dumps(crate), encoding="utf-8")
    assert "tells of two runs for 2021" in refused("out")


@pytest.mark.long
def test_a_format_that_there_is_not_is_told(town: Path) -> None:
    path = made(2021, town / "out")
    path.write_text(path.read_text(encoding="utf-8").replace("gpkg,tif,crate", "gpkg,exe"), encoding="utf-8")
    assert "unknown format exe" in refused("out")


@pytest.mark.long
def test_a_path_that_leads_out_by_a_link_is_not_followed(town: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    path = made(2021, town / "out")
    os.replace(town / "registers", outside)
    (town / "registers").symlink_to(outside)
    assert refused("out").count("is not there") == 7
    assert rerun("out", "--raw", outside)[0] == 0
    assert read_crate(path)


KEYS = ["@id", "@type", "@graph", "name", "value", "object", "result", "instrument", "sha256"]
VALUES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=5)
    | st.sampled_from(["a", "b", "File", "CreateAction"])
)
ANY = st.recursive(
    VALUES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=5),
    max_leaves=30,
)


@pytest.mark.long
@given(content=ANY)
def test_whatever_json_there_is_no_fault_of_ours(content: object, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("any") / NAME
    tool = {"@id": "b", "@type": "SoftwareApplication", "name": "udsat_geo"}
    action = {"@id": "a", "@type": "CreateAction", "instrument": {"@id": "b"}}
    run = crate_of({**action, "object": content, "result": content}, tool)
    for text in (json.dumps(content), json.dumps({"@graph": content}), crate_of(content), run):
        path.write_text(text, encoding="utf-8")
        with pytest.raises(InputError):
            read_crate(path)


@pytest.mark.parametrize("text", ["a", "a/b.parquet", "å ø/æ.csv", "...", "a.b/..c"])
def test_paths_that_lead_down(text: str) -> None:
    assert is_safe_path(text)


@pytest.mark.parametrize("text", ["", "/a", "a/../b", "..", "a//b", "a/", "a\\b", "C:a", "file:a", "a\x00b", "a\nb"])
def test_paths_that_do_not(text: str) -> None:
    assert not is_safe_path(text)
