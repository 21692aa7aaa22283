// Tables of areas, criteria, changes and years, each made anew for a year and a language.
function areaTables() {
  const year = yearNow(),
    told = { year: year.year };
  const title = element("h2", { id: "areas-title", text: _("The areas of {year}", told) });
  if (!year.areas.length) {
    fill(
      "areas",
      title,
      element("p", {
        class: "note",
        text: _("The designation of {year} has no areas: no group of units meets the policy's demands.", told),
      }),
    );
  } else {
    const chooses = (area) => area.id;
    const columns = [
      { key: "number", title: _("No."), number: true, value: (area) => area.number },
      {
        key: "name",
        title: _("Area"),
        head: true,
        value: (area) => area.name,
        cell: (area) => named(area.name),
        minor: (area) => [area.id, area.district].filter(Boolean).join(" · "),
      },
      {
        key: "residents",
        title: year.later ? _("Residents ({year})", { year: year.later }) : _("Residents"),
        number: true,
        value: (area) => area.residents,
        cell: (area) => people(area.residents),
      },
    ];
    if (!year.later) {
      columns.push(
        {
          key: "composite",
          title: _(Np_("texts", "Composite")),
          number: true,
          value: (area) => area.composite,
          cell: (area) => decimal(area.composite, 2),
        },
        {
          key: "since",
          title: _(Np_("texts", "Since")),
          number: true,
          value: (area) => area.since,
          cell: (area) => String(area.since),
        },
        { key: "event", title: _("Change"), value: (area) => events(area.event) },
      );
    }
    fill(
      "areas",
      title,
      table({
        id: "areas-table",
        caption: _("Designated areas of {year}. Headings sort; a name chooses the area on the map.", told),
        columns,
        rows: year.areas,
        chooses,
        name: _("The areas of {year}", told),
      }),
    );
  }
  const criteria = year.later || !year.areas.length ? null : criteriaTable(year, told);
  document.getElementById("criteria").hidden = !criteria;
  body("criteria", _("The areas, criterion by criterion, {year}", told), criteria);
}

function criteriaTable(year, told) {
  const columns = [
    { key: "number", title: _("No."), number: true, value: (area) => area.number },
    { key: "name", title: _("Area"), head: true, value: (area) => area.name, cell: (area) => named(area.name) },
    {
      key: "units",
      title: _("Units"),
      number: true,
      value: (area) => area.units,
      cell: (area) => whole(area.units),
    },
    {
      key: "area_ha",
      title: _("Ground, ha"),
      number: true,
      value: (area) => area.ha,
      cell: (area) => decimal(area.ha, 1),
    },
    {
      key: "criteria_exceeded",
      title: _("Criteria exceeded"),
      number: true,
      value: (area) => area.exceeded,
      cell: (area) => (area.exceeded === null ? "–" : _("{n} of {of}", { n: area.exceeded, of: year.criteria.length })),
    },
    ...year.criteria.map((criterion, j) => ({
      key: "criterion-" + criterion.key,
      title: label(criterion),
      number: true,
      value: (area) => area.gaps[j],
      cell: (area) =>
        element(
          "span",
          null,
          rate(area.rates[j], criterion),
          " ",
          element("span", { class: "gap", text: "(" + gap(area.gaps[j], criterion) + ")" }),
        ),
    })),
  ];
  return table({
    id: "criteria-table",
    caption: _(
      "The areas' own values, and in brackets the gap to the rest of the city (positive is worse). Sorted by the gap.",
    ),
    columns,
    rows: year.areas,
    chooses: (area) => area.id,
    name: _("The areas, criterion by criterion, {year}", told),
  });
}

function statusTable() {
  const year = yearNow();
  document.getElementById("status").hidden = Boolean(year.later);
  if (year.later) return;
  const told = { year: year.year };
  const criterion = (row) => year.criteria.find((each) => each.key === row.criterion);
  // sorted as they are told: shares per cent
  const asTold = (value, of) => (value === null ? null : of.share ? 100 * value : value);
  const figure = (key, title, shown) => ({
    key,
    title,
    number: true,
    value: (row) => asTold(row[key], criterion(row)),
    cell: (row) => shown(row[key], criterion(row)),
  });
  const columns = [
    {
      key: "criterion",
      title: _("Criterion"),
      head: true,
      value: (row) => criterion(row).label[state.language],
      cell: (row) => label(criterion(row)),
    },
    figure("areas", _("The areas"), rate),
    figure("rest_of_city", _("Rest of the city"), rate),
    figure("gap", _("Gap"), gap),
    figure("city", _("Whole city"), rate),
  ];
  const none = year.areas.length
    ? null
    : element("p", { class: "note", text: _("There are no areas to hold against the rest of the city.") });
  body(
    "status",
    _("The areas against the rest of the city, {year}", told),
    none,
    table({
      id: "status-table",
      caption: _("All areas together against all residents outside them. A positive gap is worse."),
      columns,
      rows: year.status,
      name: _("The areas against the rest of the city, {year}", told),
    }),
  );
}

const SURE_TITLES = {
  certainty: N_("If chance fell otherwise"),
  sensitivity: N_("If the policy were set otherwise"),
};
const SURE_COLUMNS = {
  certainty: [N_("Chance: sure"), N_("Chance: either way")],
  sensitivity: [N_("Settings: sure"), N_("Settings: either way")],
};

// three sentences for each question that was asked, and one table
function howSure() {
  const year = yearNow(),
    asked = SURE_LAYERS.filter((about) => year.sure && year.sure[about]);
  document.getElementById("sure").hidden = !asked.length;
  if (!asked.length) return;
  const tens = (value) => (value < 0 ? _("fewer than {n}", { n: data.fewest }) : whole(value));
  const told = asked.flatMap((about) => [
    element("h3", { text: _(SURE_TITLES[about]) }),
    ...year.sure[about].sentences[state.language].map((text) => element("p", { text })),
  ]);
  const figures = asked.flatMap((about) =>
    SURE_COLUMNS[about].map((title, place) => {
      const value = (area) => year.sure[about].areas[area.number - 1][place];
      return { key: about + "-" + place, title: _(title), number: true, value, cell: (area) => tens(value(area)) };
    }),
  );
  const name = _("How sure the areas of {year} are", { year: year.year });
  const columns = [
    { key: "number", title: _("No."), number: true, value: (area) => area.number },
    { key: "name", title: _("Area"), head: true, value: (area) => area.name, cell: (area) => named(area.name) },
    ...figures,
  ];
  const caption = _(
    "Residents of each area where the designation is sure, and where it could go either way, in tens.",
  );
  const chooses = (area) => area.id;
  const areas = year.areas.length ? table({ id: "sure-table", caption, columns, rows: year.areas, chooses, name }) : null;
  body("sure", name, ...told, areas);
}

function changeTable() {
  const year = yearNow(),
    changes = year.changes;
  document.getElementById("changes").hidden = Boolean(year.later);
  if (year.later) return;
  const told = { year: year.year, before: changes ? changes.year : "–" };
  if (!changes) {
    body(
      "changes",
      _("Change"),
      element("p", { class: "note", text: _("The files have no earlier designation to compare {year} with.", told) }),
    );
    return;
  }
  const shown = (row) => row.name || row.id;
  const tens = (value) => (value < 0 ? _("fewer than {n}", { n: data.fewest }) : whole(value));
  const before = (row) => {
    const made = element("span");
    row.previous.forEach((one, i) => made.append(i ? ", " : "", named(one.name || one.id)));
    return row.previous.length ? made : "–";
  };
  const columns = [
    { key: "name", title: _("Area"), head: true, value: shown, cell: (row) => named(shown(row)) },
    { key: "event", title: _("Change"), value: (row) => events(row.event) },
    {
      key: "previous",
      title: _(Np_("texts", "Before")),
      value: (row) => row.previous.map((one) => one.name || one.id).join(", "),
      cell: before,
    },
    {
      key: "gained",
      title: _("Residents gained"),
      number: true,
      value: (row) => row.added,
      cell: (row) => tens(row.added),
    },
    {
      key: "lost",
      title: _("Residents lost"),
      number: true,
      value: (row) => row.removed,
      cell: (row) => tens(row.removed),
    },
  ];
  const content = changes.rows.length
    ? table({
        id: "changes-table",
        caption: _("Residents of {year} on ground that came in or fell out, in tens.", told),
        columns,
        rows: changes.rows,
        chooses: (row) => (areaOf(row.id) || data.years.some((each) => areaOf(row.id, each)) ? row.id : null),
        name: _("What changed from {before} to {year}", told),
      })
    : element("p", { class: "note", text: _("No areas before, and none now.") });
  body("changes", _("What changed from {before} to {year}", told), content, ...changes.rows.flatMap(removedTold));
}

// what a removed area was like last and is now, and what most of it fails
function removedTold(row) {
  if (!row.decided) return [];
  const year = yearNow(),
    before = year.changes.year;
  const since = _("since {since}; in {before} {residents} residents.", {
    since: row.since,
    before,
    residents: whole(row.then.residents),
  });
  const pairs = [
    [_(Np_("texts", "Composite")), decimal(row.then.composite, 2), decimal(row.composite, 2)],
    ...year.criteria.map((criterion, j) => [
      criterion.label[state.language],
      rate(row.then.rates[j], criterion),
      rate(row.rates[j], criterion),
    ]),
  ];
  const told = pairs.map(([label, then, now]) => label + " " + then + " → " + now).join("; ");
  return [
    element(
      "p",
      { class: "note" },
      _("Removed") + ": ",
      element("strong", null, named(row.name || row.id)),
      ", " + since + " " + _("Reason") + ": " + (data.reasons[state.language][row.decided] || row.decided) + ". ",
      _("{before} → {year}: {figures}.", { before, year: year.year, figures: told }),
    ),
  ];
}

function series() {
  const years = data.years.filter((year) => !year.later);
  document.getElementById("series").hidden = years.length < 2;
  if (years.length < 2) return;
  const ids = [...new Set([...years].reverse().flatMap((year) => year.areas.map((area) => area.id)))];
  const rows = ids.map((id) => ({
    id,
    name: [...years]
      .reverse()
      .map((year) => areaOf(id, year))
      .find((area) => area).name,
  }));
  const inYear = (row, year) => areaOf(row.id, year);
  const areas = table({
    id: "series-table",
    caption: _(
      "Residents of each area, counted in the year itself. An area keeps its name and id for as long as it continues; a dash means that it was no area that year.",
    ),
    name: _("Year by year"),
    rows,
    chooses: (row) => (areaOf(row.id) ? row.id : null),
    columns: [
      { key: "name", title: _("Area"), head: true, value: (row) => row.name, cell: (row) => named(row.name) },
      ...years.map((year) => ({
        key: "year-" + year.year,
        title: String(year.year),
        number: true,
        value: (row) => (inYear(row, year) ? inYear(row, year).residents : null),
        cell: (row) => (inYear(row, year) ? people(inYear(row, year).residents) : "–"),
      })),
    ],
  });
  const criteria = years[years.length - 1].criteria;
  const found = (criterion, year) => (year.status.find((row) => row.criterion === criterion.key) || { gap: null }).gap;
  const asTold = (value, criterion) => (value === null ? null : criterion.share ? 100 * value : value);
  const gaps = table({
    id: "gaps-table",
    caption: _("The gap to the rest of the city, each year for the areas designated that year. Positive is worse."),
    name: _("The gap to the rest of the city, each year for the areas designated that year. Positive is worse."),
    rows: criteria,
    columns: [
      {
        key: "criterion",
        title: _("Criterion"),
        head: true,
        value: (criterion) => criterion.label[state.language],
        cell: label,
      },
      ...years.map((year) => ({
        key: "year-" + year.year,
        title: String(year.year),
        number: true,
        value: (criterion) => asTold(found(criterion, year), criterion),
        cell: (criterion) => gap(found(criterion, year), criterion),
      })),
    ],
  });
  body("series", _("Year by year"), gaps, areas);
}

function figures() {
  const year = yearNow().later ? data.years[state.year + 1].year : yearNow().year;
  for (const figure of document.querySelectorAll("[data-figure-language]")) {
    const ofYear = figure.dataset.figureYear;
    figure.hidden =
      figure.dataset.figureLanguage !== state.language || (ofYear !== undefined && Number(ofYear) !== year);
  }
}
