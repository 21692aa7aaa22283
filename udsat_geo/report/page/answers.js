// The answers of the first screen: whether the gaps close, who came in and went out, how sure that is.
function whetherHalved() {
  const left = data.milestone.by[0].left;
  return left === 0.5
    ? _("Are the gaps to the rest of the city halved?")
    : _("Are the gaps to the rest of the city down to {share} %?", { share: decimal(100 * left, 0) });
}

function halved() {
  const told = data.milestone,
    at = document.getElementById("halved");
  at.hidden = !told;
  if (!told) return;
  const words = told.by.map((each) => each.told[state.language]);
  const first = told.by[0];
  body(
    "halved",
    whetherHalved(),
    element("p", { class: "verdict", text: words[0].answer }),
    ...words.map((each, i) =>
      element(
        "p",
        { class: "minor-line" },
        element("i", { class: "key " + told.by[i].kind, "aria-hidden": "true" }),
        each.whose + ", " + told.by[i].since + "–" + told.by[i].now + ": " + (i ? each.answer + " " : "") + each.missing,
      ),
    ),
  );
  document.getElementById("chart-key").textContent = _(
    "Each row: what is left of the gap of {since}, year by year; the large dot is {now}. Left of the dashed line is the milestone.",
    { since: first.since, now: first.now },
  );
}

function movedList(title, kind, rows) {
  if (!rows.length) return null;
  return element(
    "div",
    null,
    element("h3", { text: title }),
    element(
      "ul",
      { class: "moves " + kind },
      ...rows.map((row) =>
        element(
          "li",
          null,
          element("button", {
            type: "button",
            class: "link",
            "data-area": row.id,
            "aria-pressed": "false",
            text: shortened(row.name, LONGEST_NAME),
            on: { click: () => choose({ kind: "area", id: row.id }, true) },
          }),
          " ",
          element("span", { class: "id", text: row.id }),
          row.text[state.language] ? ": " + row.text[state.language] : "",
        ),
      ),
    ),
  );
}

function whoMoved() {
  const year = yearNow(),
    moved = year.moved;
  document.getElementById("moved").hidden = !moved;
  if (!moved) return;
  const others = ["grown", "shrunk", "split", "merged", "kept"]
    .map((event) => [event, year.changes.rows.filter((row) => row.event.split("+").includes(event)).length])
    .filter(([, n]) => n)
    .map(([event, n]) => n + " " + events(event));
  body(
    "moved",
    _("Who came in and went out since {year}", { year: moved.year }),
    movedList(_("Came in"), "added", moved.added),
    movedList(_("Went out"), "removed", moved.removed),
    moved.added.length + moved.removed.length ? null : element("p", { text: _("No area came in or went out.") }),
    others.length ? element("p", { class: "minor-line", text: _("The others: {events}.", { events: others.join(", ") }) }) : null,
  );
}

function howSureInShort() {
  const year = yearNow(),
    asked = SURE_LAYERS.filter((about) => year.sure && year.sure[about]);
  document.getElementById("how-sure").hidden = !asked.length;
  if (!asked.length) return;
  body(
    "how-sure",
    _("How sure is it?"),
    ...asked.map((about) => element("p", { text: year.sure[about].sentences[state.language][0] })),
    element("p", null, element("a", { href: "#sure", text: _("More about how sure it is") })),
  );
}

function answers() {
  halved();
  whoMoved();
  howSureInShort();
}
