// The head of the page, and the card of what is chosen.
function head() {
  const last = data.years[data.years.length - 1],
    year = yearNow(),
    shown = year.later ? last : year;
  const years = data.years.filter((each) => !each.later).map((each) => each.year);
  const span = years.length === 1 ? String(years[0]) : years[0] + "–" + years[years.length - 1];
  const title = word("title", { years: span });
  document.title = title;
  document.getElementById("title").textContent = title;
  const source = data.texts[state.language]["source_" + shown.provenance.source];
  const policy = data.policies.find((each) => each.years.includes(shown.year));
  const named = policy.blocks[state.language][0].head;
  const id = named === policy.id ? "" : " (" + policy.id + ")";
  fill(
    "lead",
    (source ? source + " " : "") + word("policy") + ": ",
    element("bdi", { text: shortened(named, LONGEST_NAME) }),
    id + ".",
  );
  const keys = [
    [word("key_areas") + " " + shown.year, whole(shown.areas.length)],
    [word("key_residents"), whole(shown.residents_in_areas)],
  ];
  if (shown.residents)
    keys.push([word("key_share"), decimal((100 * shown.residents_in_areas) / shown.residents, 1) + " %"]);
  if (shown.changes) {
    const count = (event) => shown.changes.rows.filter((row) => row.event.split("+").includes(event)).length;
    keys.push([
      word("key_changes", { year: shown.changes.year }),
      word("key_new", { added: whole(count("added")), removed: whole(count("removed")) }),
    ]);
  }
  fill(
    "keys",
    ...keys.map(([term, told]) => element("div", null, element("dt", { text: term }), element("dd", { text: told }))),
  );
}

function card() {
  const chosen = state.chosen;
  if (!chosen) {
    fill("card", element("p", { class: "nothing", text: word("nothing_chosen") }));
    return;
  }
  const clear = element("button", { type: "button", text: word("clear"), on: { click: () => choose(null) } });
  if (chosen.kind === "area") areaCard(chosen, clear);
  else if (chosen.kind === "unit") unitCard(unitAt(chosen.place), clear);
  else {
    const told = groundTold(chosen.ground),
      line = element("p");
    told.names.forEach((name, i) => line.append(i ? " → " : "", named(name)));
    fill("card", element("h3", { text: told.said }), line, element("div", { class: "buttons" }, clear));
  }
}

function areaCard(chosen, clear) {
  const area = areaOf(chosen.id),
    year = yearNow();
  const known = area || data.years.map((each) => areaOf(chosen.id, each)).find((each) => each);
  const title = element("h3", null, area ? area.number + " " : "", unfolded(known.name, LONGEST_NAME, "whole_name"));
  if (!area) {
    fill(
      "card",
      title,
      element("p", { text: word("not_then", { year: year.year }) }),
      element("div", { class: "buttons" }, clear),
    );
    return;
  }
  const show = element("button", {
    type: "button",
    text: word("show_on_map"),
    on: {
      click: () => {
        around(boundsOf(decodedOnce(area)), AROUND_AREA);
        document.getElementById("map").scrollIntoView({ block: "nearest" });
      },
    },
  });
  const facts = [[year.later ? word("residents_of", { year: year.later }) : word("residents"), people(area.residents)]];
  if (!year.later) {
    facts.push(
      [word("composite"), decimal(area.composite, 2)],
      [word("ha"), decimal(area.ha, 1)],
      [word("units_count"), whole(area.units)],
      [word("since"), String(area.since)],
    );
    if (area.exceeded !== null)
      facts.push([word("exceeded"), word("exceeded_of", { n: area.exceeded, of: year.criteria.length })]);
    if (area.until) facts.push([word("until"), String(area.until)]);
    if (area.event) facts.push([word("event"), events(area.event)]);
    if (area.district) facts.push([word("district"), named(area.district)]);
  }
  const dl = element(
    "dl",
    null,
    ...facts.map(([term, told]) => element("div", null, element("dt", null, term), element("dd", null, told))),
  );
  const reason = area.reason
    ? element(
        "p",
        null,
        element("strong", { text: word("reason") + ": " }),
        unfolded(area.reason[state.language], LONGEST_TEXT, "whole_reason"),
      )
    : null;
  fill("card", title, dl, reason, element("div", { class: "buttons" }, show, clear));
}

function unitCard(unit, clear) {
  const area = unit.area >= 0 ? yearNow().areas[unit.area] : null;
  const title = element(
    "h3",
    null,
    word("unit"),
    unit.name ? " " : "",
    unit.name ? unfolded(unit.name, LONGEST_NAME, "whole_name") : "",
  );
  const where = element("p");
  if (area)
    where.append(
      ...word("in_area", { area: "\u0000" })
        .split("\u0000")
        .flatMap((part, i) => (i ? [named(area.name), part] : [part])),
    );
  else where.textContent = word("outside");
  fill(
    "card",
    title,
    element("p", { text: unitFigures(unit) }),
    where,
    element(
      "p",
      null,
      element("strong", { text: word("reason") + ": " }),
      unfolded(unitReason(unit), LONGEST_TEXT, "whole_reason"),
    ),
    element("div", { class: "buttons" }, clear),
  );
}
