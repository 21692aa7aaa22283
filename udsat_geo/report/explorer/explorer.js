// Asking the engine, and showing what it answers.
const shown = { compared: null, totals: null, replaced: [] };
const AGAINST = { shipped: N_("the policy"), last: N_("{year}"), kept: N_("kept settings") };
const asking = { busy: false, answered: -1, begun: 0 };
const root = document.documentElement;

async function question(what, content) {
  const answer = await fetch(what, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ language: state.language, ...content }),
  });
  if (answer.status !== 200) throw new Error(String(answer.status));
  const told = await answer.json();
  return { refused: told.refused || null, told };
}

// One question at a time, the last settings always; what lies between is left out.
async function ask() {
  if (asking.busy) return;
  asking.busy = true;
  try {
    while (asking.answered < now.version) {
      const version = now.version;
      const { refused, told } = await question("answer", {
        settings: now.settings,
        against: now.against,
        kept: now.kept,
      });
      asking.answered = version;
      root.dataset.answered = String(Math.round(performance.now() - asking.begun));
      if (refused) refuse(refused);
      else accept(told);
    }
    // what was drawn is painted in the next frame
    requestAnimationFrame(() =>
      requestAnimationFrame(() => {
        root.dataset.took = String(Math.round(performance.now() - asking.begun));
        if (!asking.busy) root.dataset.settled = String(now.version);
      }),
    );
  } catch (error) {
    console.error(error);
    problems([_("The program behind this page has ended, or does not answer. Start it again.")]);
  } finally {
    asking.busy = false;
  }
}

function changed(done) {
  now.version += 1;
  delete root.dataset.settled;
  asking.begun = performance.now();
  if (done) remember();
  byHand();
  ask();
}

function problems(texts) {
  const box = fill("problems", ...texts.map((text) => element("p", { text })));
  box.hidden = !texts.length;
}

function refuse(texts) {
  root.dataset.refused = "true";
  problems([_("These settings are refused, and the map shows the last ones that were not:"), ...texts]);
}

function accept(told) {
  delete root.dataset.refused;
  shown.compared = told.compared;
  shown.totals = told.totals;
  shown.replaced = told.replaced;
  data.years[0] = { ...told.year, changes: told.compared, sure: null };
  state.layers.certainty = false;
  fill("sure");
  if (state.chosen && state.chosen.kind === "area" && !areaOf(state.chosen.id)) state.chosen = null;
  const kept = told.kept_refused;
  const replaced = _("Changed since they were read: {files}. The page shows what was read; start again to read them anew.", {
    files: told.replaced.join(", "),
  });
  problems([
    ...(told.replaced.length ? [replaced] : []),
    ...(kept.length ? [_("The kept settings are refused, so there is nothing to compare with:"), ...kept] : []),
  ]);
  drawAnswer(told.compared);
  render();
}

// --- figures ----------------------------------------------------------------------------------------------------

const signed = (value, digits) => (value > 0 ? "+" : "") + decimal(value, digits);

function figure(name, text, value, other, digits) {
  const dd = element("dd", null, text);
  if (other !== null && other !== undefined && value !== other)
    dd.append(element("small", { text: signed(value - other, digits || 0) }));
  return element("div", { "data-total": name }, element("dt", { text: _(name) }), dd);
}

function totals() {
  const found = shown.totals,
    compared = shown.compared,
    other = compared && compared.totals;
  const share = (each) => (each && each.share !== null ? 100 * each.share : null);
  fill(
    "totals",
    figure(N_("areas"), whole(found.areas), found.areas, other && other.areas),
    figure(N_("residents in areas"), whole(found.residents), found.residents, other && other.residents),
    figure(N_("% of the city"), decimal(share(found), 1), share(found), share(other), 1),
    ...(compared
      ? [
          figure(N_("came in"), whole(compared.added)),
          figure(N_("fell out"), whole(compared.removed)),
          figure(N_("stayed"), whole(compared.kept)),
        ]
      : []),
  );
  document.getElementById("scales").textContent = found.scales ? found.scales[state.language] : "";
}

function statusTable() {
  const found = shown.totals.status,
    other = shown.compared && shown.compared.totals ? shown.compared.totals.status : null;
  const criteria = yearNow().criteria;
  const largest = Math.max(...found.map((row, i) => Math.abs(row.gap || 0) / scaleOf(criteria[i])), 1e-9);
  const bar = (value, criterion, kind) => {
    if (value === null || value === undefined) return null;
    const width = Math.min(50, (50 * Math.abs(value)) / scaleOf(criterion) / largest);
    const made = element("i", { class: kind });
    made.style.width = width + "%";
    made.style.left = value >= 0 ? "50%" : 50 - width + "%";
    return made;
  };
  const otherOf = (row) => (other ? (other.find((each) => each.criterion === row.criterion) || {}).gap : null);
  const criterionOf = (row) => criteria.find((each) => each.key === row.criterion);
  const columns = [
    { key: "criterion", title: _("Criterion"), head: true, value: (row) => label(criterionOf(row)) },
    { key: "areas", title: _("Areas"), number: true, value: (row) => rate(row.areas, criterionOf(row)) },
    { key: "rest", title: _("Rest of the city"), number: true, value: (row) => rate(row.rest, criterionOf(row)) },
    { key: "gap", title: _("Gap"), number: true, value: (row) => gap(row.gap, criterionOf(row)) },
    ...(other
      ? [{ key: "other", title: againstName(), number: true, value: (row) => gap(otherOf(row), criterionOf(row)) }]
      : []),
    {
      key: "bars",
      title: element("span", { class: "unseen", text: _("The gap as a bar") }),
      value: (row) =>
        element(
          "span",
          { class: "bars", "aria-hidden": "true" },
          bar(row.gap, criterionOf(row), null),
          bar(otherOf(row), criterionOf(row), "other"),
        ),
    },
  ];
  fill(
    "status",
    table({ id: "status-table", caption: _("The areas against the rest of the city"), columns, rows: found, fixed: true }),
  );
}

// bars of shares and of areas in square metres are each measured by their own
const scaleOf = (criterion) => (criterion.share ? 0.1 : 10);

function areaTable() {
  const events_ = shown.compared ? shown.compared.events : {};
  const columns = [
    { key: "number", title: _("No."), number: true, value: (area) => area.number },
    { key: "name", title: _("Area"), head: true, value: (area) => area.name, cell: (area) => named(area.name) },
    { key: "residents", title: _("Residents"), number: true, value: (area) => area.residents, cell: (area) => whole(area.residents) },
    { key: "composite", title: _("Composite"), number: true, value: (area) => area.composite, cell: (area) => decimal(area.composite, 2) },
    { key: "exceeded", title: _("Exceeded"), number: true, value: (area) => area.exceeded },
    { key: "ha", title: _("ha"), number: true, value: (area) => area.ha, cell: (area) => decimal(area.ha, 1) },
    { key: "since", title: _("Since"), number: true, value: (area) => area.since },
    ...(shown.compared
      ? [{ key: "event", title: againstName(), value: (area) => events(events_[area.id] || "") }]
      : []),
  ];
  fill(
    "areas",
    table({ id: "areas-table", caption: _("Areas"), columns, rows: yearNow().areas, chooses: (area) => area.id }),
  );
  const gone = shown.compared ? shown.compared.gone : [];
  fill(
    "gone",
    gone.length ? element("p", null, element("strong", { text: _("Gone:") + " " }), ...separated(gone.map((each) => named(each.name)))) : null,
  );
}

const separated = (parts) => parts.flatMap((part, i) => (i ? [", ", part] : [part]));
const againstName = () =>
  _("Against {what}", { what: _(AGAINST[now.against], { year: data.last === null ? "" : data.last }) });

function nearMisses() {
  const found = shown.totals.near.slice(0, 8);
  fill(
    "near",
    found.length
      ? element(
          "details",
          { class: "near" },
          element("summary", { text: _("Near misses") + " (" + whole(shown.totals.near.length) + ")" }),
          element(
            "ul",
            null,
            ...found.map((miss) =>
              element(
                "li",
                null,
                element("button", { type: "button", text: _("show"), on: { click: () => chooseUnit(miss.first, true) } }),
                " " + whole(miss.residents) + " " + _("residents") + ": " + miss.text[state.language],
              ),
            ),
          ),
        )
      : null,
  );
  fill(
    "notes",
    shown.totals.notes.length
      ? element(
          "details",
          { class: "notes" },
          element("summary", { text: _("Notes") + " (" + shown.totals.notes.length + ")" }),
          element("ul", null, ...shown.totals.notes.map((text) => element("li", { text, dir: "auto" }))),
        )
      : null,
  );
}

function legend() {
  const year = yearNow(),
    swatch = (kind, text) => element("span", null, element("i", { class: kind, "aria-hidden": "true" }), text);
  const items = [swatch("swatch-area", _("area"))];
  if (shown.compared) {
    items.push(swatch("swatch-before", againstName()));
    items.push(swatch("swatch-added", _("came in")), swatch("swatch-removed", _("fell out")));
  }
  if (data.barriers.length) items.push(swatch("swatch-given", _("barrier")));
  if (now.settings.barriers.length) items.push(swatch("swatch-line", _("barrier drawn")));
  if (sureNow()) {
    items.push(element("span", { class: "legend-head", text: _("Units by how sure they are, if chance fell otherwise") }));
    const names = { 2: N_("sure"), 1: N_("could go either way"), 0: N_("out") };
    for (const found of [2, 1, 0]) items.push(swatch("swatch-sure-" + found, _(names[found])));
  } else if (year.breaks.length) {
    items.push(element("span", { class: "legend-head", text: _("Units by composite (higher is worse)") }));
    for (let number = year.breaks.length; number >= 0; number -= 1) {
      const from = year.breaks[number - 1];
      const meaning = from === undefined ? "" : from === year.core ? _("core") : from === year.edge ? _("edge") : "";
      const text = composites(year.breaks, number) + (meaning ? " (" + meaning + ")" : "");
      items.push(swatch("swatch-unit-" + Math.max(0, 3 - (year.breaks.length - number)), text));
    }
    items.push(swatch("swatch-unit-none", _("no composite")));
  }
  fill("legend", ...items);
}

function compareWith() {
  const names = Object.keys(AGAINST).filter((each) => each !== "last" || data.last !== null);
  fill(
    "against",
    ...names.map((each) =>
      element("button", {
        type: "button",
        "data-against": each,
        disabled: each === "kept" && !now.kept,
        "aria-pressed": String(now.against === each),
        text: _(AGAINST[each], { year: data.last }),
        on: {
          click: () => {
            now.against = each;
            changed(true);
          },
        },
      }),
    ),
  );
}

// --- what is chosen, and decided by hand ------------------------------------------------------------------------

function choose(chosen, fromTable) {
  state.chosen = chosen;
  const area = chosen && chosen.kind === "area" ? areaOf(chosen.id) : null;
  if (map.ready) {
    drawChosen();
    if (area && fromTable) reveal(area);
  }
  card();
  markRows();
}

async function chooseUnit(unit, look_) {
  try {
    const { refused, told } = await question("unit", { settings: now.settings, unit });
    if (refused) return;
    state.chosen = { kind: "unit", unit: told };
    if (look_ && data.places.x) {
      const x = data.places.x[unit] * data.step,
        y = data.places.y[unit] * data.step;
      around([x - 300, y - 300, x + 300, y + 300], AROUND_AREA);
    }
    drawChosen();
    card();
    markRows();
  } catch {
    problems([_("The program behind this page has ended, or does not answer. Start it again.")]);
  }
}

function unitsOfChosen() {
  if (state.chosen.kind === "unit") return [state.chosen.unit.id];
  return areaOf(state.chosen.id).members.map((unit) => data.unit_ids[unit]);
}

function card() {
  const chosen = state.chosen;
  const area = chosen && chosen.kind === "area" ? areaOf(chosen.id) : null;
  if (!chosen || (chosen.kind === "area" && !area)) {
    fill("card");
    return;
  }
  const facts = [];
  if (area) {
    facts.push(element("h3", null, area.number + " ", named(area.name)));
    facts.push(element("p", { text: area.reason[state.language] }));
  } else {
    const unit = chosen.unit;
    facts.push(element("h3", null, _("Unit") + " ", named(unit.id)));
    facts.push(
      element("p", {
        text:
          _("{residents} residents, {view} in view; composite {composite}; {role}: {reason}", {
            residents: whole(unit.residents),
            view: whole(unit.view),
            composite: decimal(unit.composite, 2),
            role: unit.role[state.language],
            reason: unit.reason[state.language],
          }) + ".",
      }),
    );
    const criteria = yearNow().criteria;
    facts.push(
      element(
        "dl",
        null,
        ...criteria.map((criterion, i) =>
          element(
            "div",
            null,
            element("dt", null, label(criterion)),
            element("dd", {
              text:
                rate(unit.rates[i], criterion) +
                " (" +
                gap(unit.gaps[i], criterion) +
                ")" +
                (unit.exceeded.includes(criterion.key) ? " *" : ""),
            }),
          ),
        ),
      ),
    );
  }
  facts.push(deciding(area));
  fill("card", ...facts);
}

function deciding(area) {
  const inside = area || state.chosen.unit.area !== null;
  const action = inside ? "exclude" : "include";
  const name = element("input", { name: "decided_by", required: true, maxlength: 200, autocomplete: "name" });
  const reason = element("input", { name: "reason", required: true, maxlength: 1000, autocomplete: "off" });
  name.value = deciding.by || "";
  const text = area ? N_("Exclude this area") : inside ? N_("Exclude this unit") : N_("Include this unit");
  return element(
    "form",
    {
      class: "decide",
      on: {
        submit: (event) => {
          event.preventDefault();
          deciding.by = name.value;
          now.settings.decisions.push({
            action,
            unit_id: unitsOfChosen(),
            reason: reason.value,
            decided_by: name.value,
            date: new Date().toISOString().slice(0, 10),
          });
          choose(null);
          changed(true);
        },
      },
    },
    element("label", null, _("Reason"), reason),
    element("label", null, _("Decided by"), name),
    element("button", { type: "submit", "data-action": action, text: _(text) }),
  );
}

function byHand() {
  const removed = (list, i) => () => {
    list.splice(i, 1);
    changed(true);
  };
  const line = (text, list, i) =>
    element(
      "li",
      null,
      element("span", { text, dir: "auto" }),
      element("button", { type: "button", text: _("Remove"), "aria-label": _("Remove") + ": " + text, on: { click: removed(list, i) } }),
    );
  const decided = { include: N_("included"), exclude: N_("excluded") };
  fill(
    "decisions",
    ...now.settings.decisions.map((each, i, all) =>
      line(
        _("{n} units {action}: {reason} ({by}, {date})", {
          n: whole(each.unit_id.length),
          action: _(decided[each.action] || ""),
          reason: each.reason,
          by: each.decided_by,
          date: each.date,
        }),
        all,
        i,
      ),
    ),
  );
  fill(
    "barriers",
    ...now.settings.barriers.map((each, i, all) => line(_("Barrier with {n} corners", { n: each.length }), all, i)),
  );
}

function drawing(on) {
  drawn.corners = on ? [] : null;
  root.toggleAttribute("data-drawing", on);
  document.getElementById("draw").setAttribute("aria-pressed", String(on));
  document.getElementById("cross").hidden = !on;
  document.getElementById("draw-hint").textContent = on
    ? _("Tap corner after corner on the map, then Enter or the button again. Escape gives up.")
    : "";
  drawLines();
}

function ended() {
  const line = drawn.corners;
  drawing(false);
  if (line && line.length > 1) {
    now.settings.barriers.push(line);
    drawLines();
    changed(true);
  }
}

function corner(at) {
  drawn.corners.push(onGround(at));
  drawLines();
}

// --- how sure ---

async function howSure() {
  const version = now.version,
    button = document.getElementById("certain");
  button.disabled = true;
  fill("sure", _("Drawing the people anew ..."));
  try {
    const { refused, told } = await question("certainty", { settings: now.settings });
    // what was moved meanwhile is another designation
    if (version !== now.version) return;
    if (refused) {
      fill("sure", refused.join(" "));
      return;
    }
    yearNow().sure = { certainty: told };
    state.layers.certainty = true;
    fill(
      "sure",
      _(
        "In {draws} draws of the people: {sure} residents are in an area whatever chance does; {inside} inside and {outside} outside could go either way.",
        { draws: told.draws, sure: whole(told.sure), inside: whole(told.inside), outside: whole(told.outside) },
      ),
    );
    drawAnswer(shown.compared);
    legend();
  } catch {
    fill("sure", _("The program behind this page has ended, or does not answer. Start it again."));
  } finally {
    button.disabled = false;
  }
}

// --- saving -----------------------------------------------------------------------------------------------------

let replaces = "";

async function savePolicy(event) {
  event.preventDefault();
  const id = document.getElementById("save-id").value,
    key = id + asLink();
  try {
    const { refused, told } = await question("save", { settings: now.settings, id, replace: replaces === key });
    replaces = refused ? key : "";
    if (refused) {
      fill("saved", ...refused.map((text) => element("p", { text })));
      return;
    }
    fill(
      "saved",
      element("p", { text: _("Saved: {files}. This gives the same areas:", { files: told.files.join(", ") }) }),
      element("pre", { text: told.commands.join("\n") }),
      element("details", null, element("summary", { text: _("The file") }), element("pre", { text: told.text })),
    );
  } catch {
    fill("saved", element("p", { text: _("The program behind this page has ended, or does not answer. Start it again.") }));
  }
}

// --- putting it together ----------------------------------------------------------------------------------------

function words() {
  root.lang = state.language;
  for (const node of document.querySelectorAll("[data-t]")) node.textContent = _(node.dataset.t);
  for (const node of document.querySelectorAll("[data-t-label]")) node.setAttribute("aria-label", _(node.dataset.tLabel));
  for (const button of document.querySelectorAll("[data-language]"))
    button.setAttribute("aria-pressed", String(button.dataset.language === state.language));
  const title = data.policy.title[state.language] + " " + yearNow().year;
  document.title = title;
  document.getElementById("title").replaceChildren(named(title));
}

function render() {
  compareWith();
  totals();
  statusTable();
  areaTable();
  nearMisses();
  legend();
  card();
  byHand();
  steps();
}

const KEYS = {
  ArrowLeft: () => pan(-1, 0),
  ArrowRight: () => pan(1, 0),
  ArrowUp: () => pan(0, 1),
  ArrowDown: () => pan(0, -1),
  "+": () => zoom(ZOOM_STEP),
  "=": () => zoom(ZOOM_STEP),
  "-": () => zoom(1 / ZOOM_STEP),
  0: lookAtAll,
  " ": () => drawn.corners && corner(middle()),
  Enter: () => (drawn.corners ? ended() : picked(middle())),
  Escape: () => (drawn.corners ? drawing(false) : choose(null)),
};

function picked(at) {
  const found = pickedAt(at),
    again = found.area && state.chosen && state.chosen.id === found.area.id;
  // the second time, the unit in the area
  if (found.area && !again) choose({ kind: "area", id: found.area.id });
  else if (found.unit >= 0) chooseUnit(found.unit, false);
  else choose(null);
}

function listen() {
  const on = (id, event, act) => document.getElementById(id).addEventListener(event, act);
  const step = (by) => {
    delete root.dataset.settled;
    history.go(by);
  };
  on("undo", "click", () => step(-1));
  on("redo", "click", () => step(1));
  on("reset", "click", () => {
    now.settings = fresh();
    showValues(null);
    changed(true);
  });
  on("keep", "click", () => {
    // what is refused is nothing to compare with
    if ("refused" in root.dataset) return;
    now.kept = structuredClone(now.settings);
    now.against = "kept";
    changed(true);
  });
  on("link", "click", async () => {
    await navigator.clipboard.writeText(location.href).catch(() => null);
    say(_("The link holds all settings. It works as long as this program runs."));
  });
  on("certain", "click", howSure);
  on("saving", "click", () => {
    const form = document.getElementById("save");
    form.hidden = !form.hidden;
    document.getElementById("saving").setAttribute("aria-expanded", String(!form.hidden));
    if (!form.hidden) document.getElementById("save-id").focus();
  });
  on("save", "submit", savePolicy);
  on("draw", "click", () => (drawn.corners ? ended() : drawing(true)));
  window.addEventListener("popstate", () => {
    fromLink();
    showValues(null);
    changed(false);
  });
  for (const button of document.querySelectorAll("[data-language]")) {
    button.addEventListener("click", () => {
      state.language = button.dataset.language;
      words();
      knobs(changed);
      render();
    });
  }
  listenToMap();
}

function listenToMap() {
  const frame = document.getElementById("map");
  frame.addEventListener("keydown", (event) => {
    const act = KEYS[event.key];
    if (!act || event.ctrlKey || event.metaKey || event.altKey || !map.ready) return;
    event.preventDefault();
    act();
  });
  let down = null;
  frame.addEventListener("pointerdown", (event) => (down = [event.clientX, event.clientY]), true);
  frame.addEventListener(
    "pointerup",
    (event) => {
      // a drag moves the map
      if (!down || !map.ready || Math.hypot(event.clientX - down[0], event.clientY - down[1]) > 5) return;
      if (drawn.corners) corner(atPointer(event));
      else picked(atPointer(event));
    },
    true,
  );
  for (const button of document.querySelectorAll("[data-zoom]")) {
    button.addEventListener("click", () =>
      ({ in: () => zoom(ZOOM_STEP), out: () => zoom(1 / ZOOM_STEP), all: lookAtAll })[button.dataset.zoom](),
    );
  }
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => map.ready && drawAll());
}

data.shape = data.land;
state.layers = { areas: true, units: true, certainty: false, sensitivity: false, changes: true };
if (!history.state) history.replaceState({ place: 0 }, "");
farthest = place();
fromLink();
words();
knobs(changed);
listen();
startMap(() => null).then(() => {
  root.dataset.ready = "true";
  window.explorer = { picture, shown, now };
  changed(false);
});
