// What stands behind it: goals, policy, provenance.
function definitions(pairs, kind) {
  return element(
    "dl",
    kind ? { class: kind } : null,
    ...pairs.filter((pair) => pair).flatMap(([term, told]) => [element("dt", null, term), element("dd", null, told)]),
  );
}

function goals() {
  document.getElementById("goals").hidden = !data.goals;
  if (!data.goals) return;
  const other = (goal) => (goal.lang && goal.lang !== state.language ? goal.lang : null);
  const text = (goal) => element("span", { lang: other(goal), dir: "auto", text: goal.label[state.language] });
  const reasons = (goal) =>
    element(
      "span",
      { lang: other(goal) },
      ...goal.reasons[state.language].map((reason) => element("span", { class: "minor", dir: "auto", text: reason })),
    );
  const columns = [
    { key: "number", title: _("No."), number: true, value: (goal) => goal.number },
    { key: "goal", title: _("Goal"), head: true, value: (goal) => goal.label[state.language], cell: text },
    { key: "ours", title: _("Our verdict"), value: (goal) => goal.ours[state.language] },
    { key: "report", title: _("The report's"), value: (goal) => goal.report[state.language] },
    { key: "agrees", title: _("Agree"), value: (goal) => _(goal.agrees ? N_("yes") : N_("no")) },
    { key: "reason", title: _("Reason"), value: (goal) => goal.reasons[state.language].length, cell: reasons },
  ];
  body(
    "goals",
    _("The 18 goals"),
    table({
      id: "goals-table",
      caption: _("The goals of the status report: the report's verdict and ours, with the reason where they differ."),
      columns,
      rows: data.goals,
      name: _("The 18 goals"),
    }),
  );
}

function policies() {
  const made = data.policies.map((policy) =>
    element(
      "div",
      null,
      element("h3", { text: _("{policy}, used for {years}", { policy: policy.id, years: policy.years.join(", ") }) }),
      element(
        "div",
        { class: "blocks" },
        ...policy.blocks[state.language].map((block, i) =>
          element(
            "div",
            { class: i ? "block" : "block first" },
            element("h3", { dir: "auto", text: block.head }),
            block.lines.length
              ? element("ul", null, ...block.lines.map((line) => element("li", { dir: "auto", text: line })))
              : null,
            block.code.length
              ? element(
                  "details",
                  { class: "code" },
                  element("summary", { text: _("As the policy's file has it") }),
                  element(
                    "dl",
                    null,
                    ...block.code.flatMap(([term, told, isCode]) => [
                      element("dt", { text: term }),
                      element("dd", null, element(isCode ? "code" : "span", { text: told })),
                    ]),
                  ),
                )
              : null,
          ),
        ),
      ),
    ),
  );
  body("policy", _("The policy in words"), ...made);
}

function provenance() {
  const made = data.years.filter((year) => year.provenance).map((year) => provenanceOf(year, year.provenance));
  body("provenance", _("Provenance"), ...made);
}

function provenanceOf(year, told) {
  const other = told.lang === state.language ? null : told.lang;
  const code = (text) => element("code", { text });
  const facts = definitions(
    [
      [_("File"), told.file],
      [_("udsat_geo"), told.version],
      [_("Policy"), told.policy + " (" + told.policy_file + ")"],
      ["SHA-256", code(told.sha256)],
      ...told.bases.map((base) => ["+", code(base)]),
      [_("Reference system"), told.crs],
      ...[...new Set(told.vintage.map((each) => each.year))].map((of) => [
        _("Data of {year}", { year: of }),
        told.vintage
          .filter((each) => each.year === of)
          .map((each) => each.label[state.language])
          .join(", "),
      ]),
      ...told.references.map((each) => [
        _("Figures from outside"),
        each.label[state.language] + ": " + each.value + (each.source ? " (" + each.source + ")" : ""),
      ]),
      ...told.notes.map((note) => [_("Notes"), element("span", { lang: other, dir: "auto", text: note })]),
    ],
    "facts",
  );
  const inputs = table({
    id: "inputs-" + year.year,
    fixed: true,
    caption: _("Input of the designation of {year}", { year: year.year }),
    rows: told.inputs,
    columns: [
      { key: "name", title: _("File"), head: true, value: (row) => row.name },
      {
        key: "rows",
        title: _("Rows"),
        number: true,
        value: (row) => row.rows,
        cell: (row) => (row.rows === null ? "–" : whole(row.rows)),
      },
      { key: "sha256", title: "SHA-256", value: (row) => row.sha256, cell: (row) => code(row.sha256) },
    ],
  });
  const counts = told.counts.length
    ? table({
        id: "counts-" + year.year,
        fixed: true,
        caption: _("Counted and left out, {year}", { year: year.year }),
        rows: told.counts,
        columns: [
          { key: "what", title: _("What"), head: true, value: (row) => row.label[state.language] },
          {
            key: "count",
            title: _("Count"),
            number: true,
            value: (row) => row.count,
            cell: (row) => whole(row.count),
          },
        ],
      })
    : element("p", { text: _("Nothing was left out.") });
  return element(
    "div",
    { class: "provenance-year" },
    element("h3", { text: String(year.year) }),
    facts,
    inputs,
    counts,
  );
}
