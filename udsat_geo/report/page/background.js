// What stands behind it: goals, policy, method, provenance.
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
    { key: "number", title: word("number"), number: true, value: (goal) => goal.number },
    { key: "goal", title: word("goal"), head: true, value: (goal) => goal.label[state.language], cell: text },
    { key: "ours", title: word("ours"), value: (goal) => goal.ours[state.language] },
    { key: "report", title: word("report"), value: (goal) => goal.report[state.language] },
    { key: "agrees", title: word("agrees"), value: (goal) => word(goal.agrees ? "yes" : "no") },
    { key: "reason", title: word("reason"), value: (goal) => goal.reasons[state.language].length, cell: reasons },
  ];
  body(
    "goals",
    word("goals_title"),
    table({ id: "goals-table", caption: word("goals_caption"), columns, rows: data.goals, name: word("goals_title") }),
  );
}

function policies() {
  const made = data.policies.map((policy) =>
    element(
      "div",
      null,
      element("h3", { text: word("policy_of", { policy: policy.id, years: policy.years.join(", ") }) }),
      element(
        "div",
        { class: "blocks" },
        ...policy.blocks[state.language].map((block, i) =>
          element(
            "div",
            { class: i ? "block" : "block first" },
            element("h3", { dir: "auto", text: block.head }),
            block.code.length
              ? element(
                  "dl",
                  null,
                  ...block.code.flatMap(([term, told, isCode]) => [
                    element("dt", { text: term }),
                    element("dd", null, element(isCode ? "code" : "span", { text: told })),
                  ]),
                )
              : null,
            block.lines.length
              ? element("ul", null, ...block.lines.map((line) => element("li", { dir: "auto", text: line })))
              : null,
          ),
        ),
      ),
    ),
  );
  body("policy", word("policy_title"), ...made);
}

function method() {
  body("method", word("method_title"), ...data.method[state.language].map((text) => element("p", { text })));
}

function provenance() {
  const made = data.years.filter((year) => year.provenance).map((year) => provenanceOf(year, year.provenance));
  body("provenance", word("provenance_title"), ...made);
}

function provenanceOf(year, told) {
  const other = told.lang === state.language ? null : told.lang;
  const code = (text) => element("code", { text });
  const facts = definitions(
    [
      [word("file"), told.file],
      [word("version"), told.version],
      [word("policy"), told.policy + " (" + told.policy_file + ")"],
      ["SHA-256", code(told.sha256)],
      ...told.bases.map((base) => ["+", code(base)]),
      [word("crs"), told.crs],
      ...told.vintage.map((each) => [word("vintage", { year: each.year }), each.label[state.language]]),
      ...told.references.map((each) => [
        word("references"),
        each.label[state.language] + ": " + each.value + (each.source ? " (" + each.source + ")" : ""),
      ]),
      ...told.notes.map((note) => [word("notes"), element("span", { lang: other, dir: "auto", text: note })]),
    ],
    "facts",
  );
  const inputs = table({
    id: "inputs-" + year.year,
    fixed: true,
    caption: word("inputs_caption", { year: year.year }),
    rows: told.inputs,
    columns: [
      { key: "name", title: word("file"), head: true, value: (row) => row.name },
      {
        key: "rows",
        title: word("rows"),
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
        caption: word("counts_caption", { year: year.year }),
        rows: told.counts,
        columns: [
          { key: "what", title: word("counted"), head: true, value: (row) => row.label[state.language] },
          {
            key: "count",
            title: word("count"),
            number: true,
            value: (row) => row.count,
            cell: (row) => whole(row.count),
          },
        ],
      })
    : element("p", { text: word("no_counts") });
  return element(
    "div",
    { class: "provenance-year" },
    element("h3", { text: String(year.year) }),
    facts,
    inputs,
    counts,
  );
}
