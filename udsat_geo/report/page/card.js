// The head of the page, and the card of what is chosen.
const SOURCES = {
  registers: N_("Source: registers."),
  unit_table: N_("Source: a table of units."),
  synthetic: N_("Source: synthetic registers."),
};

function head() {
  const last = data.years[data.years.length - 1],
    year = yearNow(),
    shown = year.later ? last : year;
  const years = data.years.filter((each) => !each.later).map((each) => each.year);
  const span = years.length === 1 ? String(years[0]) : years[0] + "–" + years[years.length - 1];
  const title = _("Disadvantaged urban areas {years}", { years: span });
  document.title = title;
  document.getElementById("title").textContent = title;
  const source = SOURCES[shown.provenance.source];
  const policy = data.policies.find((each) => each.years.includes(shown.year));
  const named = policy.blocks[state.language][0].head;
  const id = named === policy.id ? "" : " (" + policy.id + ")";
  fill(
    "lead",
    (source ? _(source) + " " : "") + _("Policy") + ": ",
    element("bdi", { text: shortened(named, LONGEST_NAME) }),
    id + ".",
  );
  const short = document.getElementById("short");
  short.hidden = !data.milestone;
  if (data.milestone)
    short.firstElementChild.textContent = whetherHalved() + " " + data.milestone.by[0].told[state.language].answer;
  fill(
    "keys",
    ...headline(year).map(([term, told]) =>
      element("div", null, element("dt", { text: term }), element("dd", { text: told })),
    ),
  );
}

// figures of the year that is shown; of one that is known through a later one, what that tells
function headline(shown) {
  const keys = [[_("areas") + " " + shown.year, whole(shown.areas.length)]];
  if (shown.later) {
    const residents = shown.areas.map((area) => area.residents);
    if (!residents.includes(null))
      keys.push([
        _("residents of {year} on their ground", { year: shown.later }),
        whole(residents.reduce((sum, each) => sum + each, 0)),
      ]);
    return keys;
  }
  keys.push([_("residents in the areas"), whole(shown.residents_in_areas)]);
  if (shown.residents)
    keys.push([_("of the city's residents"), decimal((100 * shown.residents_in_areas) / shown.residents, 1) + " %"]);
  if (shown.scales) {
    const other = shown.scales.decides === "year" ? shown.scales.by_yardstick : shown.scales.by_year;
    const year = shown.scales.decides === "year" ? shown.scales.yardstick_of : shown.year;
    keys.push([_("residents in areas by the scale of {year}", { year }), whole(other.residents_in_areas)]);
  }
  if (shown.changes) {
    const count = (event) => shown.changes.rows.filter((row) => row.event.split("+").includes(event)).length;
    keys.push([
      _("areas new / removed since {year}", { year: shown.changes.year }),
      _("+{added} / −{removed}", { added: whole(count("added")), removed: whole(count("removed")) }),
    ]);
  }
  return keys;
}

function card() {
  const chosen = state.chosen;
  if (!chosen) {
    fill(
      "card",
      element("p", {
        class: "nothing",
        text: _("Choose an area on the map or in the table to see its figures and the reason."),
      }),
    );
    return;
  }
  const clear = element("button", { type: "button", text: _("Clear"), on: { click: () => choose(null) } });
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
  const title = element(
    "h3",
    null,
    area ? area.number + " " : "",
    unfolded(known.name, LONGEST_NAME, N_("The whole name")),
  );
  if (!area) {
    fill(
      "card",
      title,
      element("p", { text: _("Is no area in {year}.", { year: year.year }) }),
      element("div", { class: "buttons" }, clear),
    );
    return;
  }
  const show = element("button", {
    type: "button",
    text: _("Show on the map"),
    on: {
      click: () => {
        around(boundsOf(decodedOnce(area)), AROUND_AREA);
        document.getElementById("map").scrollIntoView({ block: "nearest" });
      },
    },
  });
  const facts = [[year.later ? _("Residents ({year})", { year: year.later }) : _("Residents"), people(area.residents)]];
  if (!year.later) {
    facts.push(
      [_(Np_("texts", "Composite")), decimal(area.composite, 2)],
      [_("Ground, ha"), decimal(area.ha, 1)],
      [_("Units"), whole(area.units)],
      [_(Np_("texts", "Since")), String(area.since)],
    );
    if (area.exceeded !== null)
      facts.push([_("Criteria exceeded"), _("{n} of {of}", { n: area.exceeded, of: year.criteria.length })]);
    if (area.until) facts.push([_("Stays until"), String(area.until)]);
    if (area.event) facts.push([_("Change"), events(area.event)]);
    if (area.district) facts.push([_("District"), named(area.district)]);
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
        element("strong", { text: _("Reason") + ": " }),
        unfolded(area.reason[state.language], LONGEST_TEXT, N_("The whole reason")),
      )
    : null;
  fill("card", title, dl, reason, element("div", { class: "buttons" }, show, clear));
}

function unitCard(unit, clear) {
  const area = unit.area >= 0 ? yearNow().areas[unit.area] : null;
  const title = element(
    "h3",
    null,
    _("Unit"),
    unit.name ? " " : "",
    unit.name ? unfolded(unit.name, LONGEST_NAME, N_("The whole name")) : "",
  );
  const where = element("p");
  if (area)
    where.append(
      ..._("Lies in {area}", { area: "\u0000" })
        .split("\u0000")
        .flatMap((part, i) => (i ? [named(area.name), part] : [part])),
    );
  else where.textContent = _("Lies outside the areas");
  fill(
    "card",
    title,
    element("p", { text: unitFigures(unit) }),
    where,
    element(
      "p",
      null,
      element("strong", { text: _("Reason") + ": " }),
      unfolded(unitReason(unit), LONGEST_TEXT, N_("The whole reason")),
    ),
    element("div", { class: "buttons" }, clear),
  );
}
