// Tables of areas, criteria, changes and years, each made anew for a year and a language.
function areaTables() {
  const year = yearNow(),
    told = { year: year.year };
  const title = element("h2", { id: "areas-title", text: word("areas_title", told) });
  if (!year.areas.length) {
    fill("areas", title, element("p", { class: "note", text: word("areas_none", told) }));
  } else {
    const chooses = (area) => area.id;
    const columns = [
      { key: "number", title: word("number"), number: true, value: (area) => area.number },
      {
        key: "name",
        title: word("area"),
        head: true,
        value: (area) => area.name,
        cell: (area) => named(area.name),
        minor: (area) => area.district,
      },
      {
        key: "residents",
        title: year.later ? word("residents_of", { year: year.later }) : word("residents"),
        number: true,
        value: (area) => area.residents,
        cell: (area) => people(area.residents),
      },
    ];
    if (!year.later) {
      columns.push(
        {
          key: "composite",
          title: word("composite"),
          number: true,
          value: (area) => area.composite,
          cell: (area) => decimal(area.composite, 2),
        },
        {
          key: "since",
          title: word("since"),
          number: true,
          value: (area) => area.since,
          cell: (area) => String(area.since),
        },
        { key: "event", title: word("event"), value: (area) => events(area.event) },
      );
    }
    fill(
      "areas",
      title,
      table({
        id: "areas-table",
        caption: word("areas_caption", told),
        columns,
        rows: year.areas,
        chooses,
        name: word("areas_title", told),
      }),
    );
  }
  const criteria = year.later || !year.areas.length ? null : criteriaTable(year, told);
  document.getElementById("criteria").hidden = !criteria;
  body("criteria", word("criteria_title", told), criteria);
}

function criteriaTable(year, told) {
  const columns = [
    { key: "number", title: word("number"), number: true, value: (area) => area.number },
    { key: "name", title: word("area"), head: true, value: (area) => area.name, cell: (area) => named(area.name) },
    {
      key: "units",
      title: word("units_count"),
      number: true,
      value: (area) => area.units,
      cell: (area) => whole(area.units),
    },
    { key: "area_ha", title: word("ha"), number: true, value: (area) => area.ha, cell: (area) => decimal(area.ha, 1) },
    {
      key: "criteria_exceeded",
      title: word("exceeded"),
      number: true,
      value: (area) => area.exceeded,
      cell: (area) =>
        area.exceeded === null ? "–" : word("exceeded_of", { n: area.exceeded, of: year.criteria.length }),
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
    caption: word("criteria_caption"),
    columns,
    rows: year.areas,
    chooses: (area) => area.id,
    name: word("criteria_title", told),
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
      title: word("criterion"),
      head: true,
      value: (row) => criterion(row).label[state.language],
      cell: (row) => label(criterion(row)),
    },
    figure("areas", word("in_areas"), rate),
    figure("rest_of_city", word("rest"), rate),
    figure("gap", word("gap"), gap),
    figure("city", word("city"), rate),
  ];
  const none = year.areas.length ? null : element("p", { class: "note", text: word("status_no_areas") });
  body(
    "status",
    word("status_title", told),
    none,
    table({
      id: "status-table",
      caption: word("status_caption"),
      columns,
      rows: year.status,
      name: word("status_title", told),
    }),
  );
}

function changeTable() {
  const year = yearNow(),
    changes = year.changes;
  document.getElementById("changes").hidden = Boolean(year.later);
  if (year.later) return;
  const told = { year: year.year, before: changes ? changes.year : "–" };
  if (!changes) {
    body("changes", word("event"), element("p", { class: "note", text: word("changes_none", told) }));
    return;
  }
  const shown = (row) => row.name || row.id;
  const tens = (value) => (value < 0 ? word("few", { n: data.fewest }) : whole(value));
  const before = (row) => {
    const made = element("span");
    row.previous.forEach((one, i) => made.append(i ? ", " : "", named(one.name || one.id)));
    return row.previous.length ? made : "–";
  };
  const columns = [
    { key: "name", title: word("area"), head: true, value: shown, cell: (row) => named(shown(row)) },
    { key: "event", title: word("event"), value: (row) => events(row.event) },
    {
      key: "previous",
      title: word("previous"),
      value: (row) => row.previous.map((one) => one.name || one.id).join(", "),
      cell: before,
    },
    { key: "gained", title: word("gained"), number: true, value: (row) => row.added, cell: (row) => tens(row.added) },
    { key: "lost", title: word("lost"), number: true, value: (row) => row.removed, cell: (row) => tens(row.removed) },
  ];
  const content = changes.rows.length
    ? table({
        id: "changes-table",
        caption: word("changes_caption", told),
        columns,
        rows: changes.rows,
        chooses: (row) => (areaOf(row.id) ? row.id : null),
        name: word("changes_title", told),
      })
    : element("p", { class: "note", text: word("changes_no_rows") });
  body("changes", word("changes_title", told), content);
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
    caption: word("series_caption"),
    name: word("series_title"),
    rows,
    chooses: (row) => (areaOf(row.id) ? row.id : null),
    columns: [
      { key: "name", title: word("area"), head: true, value: (row) => row.name, cell: (row) => named(row.name) },
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
    caption: word("gaps_caption"),
    name: word("gaps_caption"),
    rows: criteria,
    columns: [
      {
        key: "criterion",
        title: word("criterion"),
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
  body("series", word("series_title"), gaps, areas);
}

function figures() {
  const year = yearNow().later ? data.years[state.year + 1].year : yearNow().year;
  for (const figure of document.querySelectorAll("[data-figure-language]")) {
    const ofYear = figure.dataset.figureYear;
    figure.hidden =
      figure.dataset.figureLanguage !== state.language || (ofYear !== undefined && Number(ofYear) !== year);
  }
}
