// Putting it together: what is chosen, the switches, the keyboard.
function choose(chosen, fromTable) {
  state.chosen = chosen;
  const area = chosen && chosen.kind === "area" ? areaOf(chosen.id) : null;
  if (map.ready) {
    drawChosen();
    if (area && fromTable) reveal(area);
  }
  card();
  markRows();
  sayChosen();
  keepLink();
}

function sayChosen() {
  const chosen = state.chosen,
    area = chosen && chosen.kind === "area" ? areaOf(chosen.id) : null;
  if (area) {
    say(_("Chosen: {name}. {figures}", { name: shortened(area.name, LONGEST_NAME), figures: areaTold(area) }));
  } else if (chosen && chosen.kind === "unit") {
    const unit = unitAt(chosen.place);
    say(_("Chosen: {name}. {figures}", { name: _("Unit"), figures: unitFigures(unit) + ". " + unitReason(unit) }));
  } else say(document.getElementById("card").firstChild.textContent);
}

function onTap() {
  const found = tapped();
  if (found.area) choose({ kind: "area", id: found.area.id });
  else if (found.ground) choose({ kind: "ground", ground: found.ground });
  else if (found.unit) choose({ kind: "unit", place: found.unit.place });
  else choose(null);
}

const OF_UNITS = ["units", ...SURE_LAYERS];
const SURE_NAMES = { certainty: N_("How sure: chance"), sensitivity: N_("How sure: settings") };

function uncheck(name) {
  state.layers[name] = false;
  const box = document.querySelector('[data-layer="' + name + '"]');
  if (box) box.checked = false;
}

function switches() {
  fill(
    "years",
    ...data.years.map((year, i) =>
      element("button", {
        type: "button",
        "data-year": year.year,
        "aria-pressed": String(i === state.year),
        text: String(year.year),
        on: { click: () => chooseYear(i) },
      }),
    ),
  );
  const changes = yearNow().changes;
  const names = [
    ["areas", _("Areas"), true],
    ["units", _("Units"), Boolean(yearNow().units)],
    ...SURE_LAYERS.map((about) => [about, _(SURE_NAMES[about]), Boolean(yearNow().sure && yearNow().sure[about])]),
    ["changes", changes ? _("Changes since {year}", { year: changes.year }) : _("Changes"), Boolean(changes)],
  ];
  fill(
    "layers",
    ...names
      .filter(([name]) => !OF_UNITS.includes(name) || data.places.kind !== "none")
      .filter(([name]) => !SURE_LAYERS.includes(name) || data.years.some((year) => year.sure && year.sure[name]))
      .map(([name, text, there]) => {
        const box = element("input", {
          type: "checkbox",
          "data-layer": name,
          disabled: !there,
          on: {
            change: () => {
              state.layers[name] = box.checked;
              // units have one colour at a time
              if (box.checked && OF_UNITS.includes(name))
                for (const other of OF_UNITS.filter((each) => each !== name)) uncheck(other);
              if (OF_UNITS.includes(name)) drawUnits();
              drawBase();
              drawAreas();
              showLayers();
              legend();
            },
          },
        });
        box.checked = state.layers[name] && there;
        return element("label", null, box, text);
      }),
  );
  for (const button of document.querySelectorAll("[data-language]")) {
    button.setAttribute("aria-pressed", String(button.dataset.language === state.language));
  }
}

function chooseYear(i, quietly) {
  state.year = i;
  if (state.chosen && state.chosen.kind !== "area") state.chosen = null;
  render();
  if (map.ready) drawMap();
  keepLink();
  if (quietly) return;
  document.querySelector('[data-year="' + yearNow().year + '"]').focus();
  say(_("The year is now {year}: {n} areas.", { year: yearNow().year, n: whole(yearNow().areas.length) }));
}

function render() {
  document.documentElement.lang = state.language;
  for (const node of document.querySelectorAll("[data-t]")) node.textContent = _(node.dataset.t);
  for (const node of document.querySelectorAll("[data-t-label]"))
    node.setAttribute("aria-label", _(node.dataset.tLabel));
  const year = yearNow(),
    partial = document.getElementById("partial");
  partial.hidden = !year.later;
  partial.textContent = year.later
    ? _(
        "The year {year} is known through the designation of {later} alone: areas are drawn from their units, and residents are those of {later}. Figures and reasons stand in the designation of {year}.",
        { year: year.year, later: year.later },
      )
    : "";
  switches();
  head();
  card();
  answers();
  areaTables();
  howSure();
  statusTable();
  changeTable();
  series();
  figures();
  goals();
  policies();
  provenance();
  legend();
  downloads();
  showFound();
  markRows();
}

const isDark = () => {
  const told = document.documentElement.dataset.theme;
  return told ? told === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
};

function themed() {
  document.getElementById("theme").setAttribute("aria-pressed", String(isDark()));
  if (map.ready) drawMap();
}

// on paper the map is light: BokehJS takes a moment to repaint, which a print from the browser's menu does not give it
function print() {
  const root = document.documentElement,
    theme = root.dataset.theme;
  if (!isDark()) {
    window.print();
    return;
  }
  root.dataset.theme = "light";
  themed();
  setTimeout(() => {
    window.print();
    if (theme === undefined) delete root.dataset.theme;
    else root.dataset.theme = theme;
    themed();
  }, REPAINT_MS);
}

const REPAINT_MS = 500;
const KEYS = {
  ArrowLeft: () => pan(-1, 0),
  ArrowRight: () => pan(1, 0),
  ArrowUp: () => pan(0, 1),
  ArrowDown: () => pan(0, -1),
  "+": () => zoom(ZOOM_STEP),
  "=": () => zoom(ZOOM_STEP),
  "-": () => zoom(1 / ZOOM_STEP),
  0: lookAtAll,
  Escape: () => choose(null),
};

function listen() {
  for (const button of document.querySelectorAll("[data-language]")) {
    button.addEventListener("click", () => {
      state.language = button.dataset.language;
      render();
      sayChosen();
      keepLink();
    });
  }
  document.getElementById("theme").addEventListener("click", () => {
    document.documentElement.dataset.theme = isDark() ? "light" : "dark";
    themed();
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", themed);
  document.getElementById("search").addEventListener("input", showFound);
  document.getElementById("search").addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    const hits = found(event.target.value);
    if (hits.length) goTo(hits[0]);
  });
  window.addEventListener("hashchange", () => {
    if (!linked()) return;
    render();
    if (map.ready) drawMap();
  });
  document.getElementById("print").addEventListener("click", print);
  window.addEventListener("beforeprint", () => {
    if (map.ready) copyForPrint();
  });
  const frame = document.getElementById("map"),
    tip = document.getElementById("tip");
  frame.addEventListener("keydown", (event) => {
    const act = KEYS[event.key];
    if (!act || event.ctrlKey || event.metaKey || event.altKey || !map.ready) return;
    event.preventDefault();
    act();
  });
  frame.addEventListener("pointermove", (event) => {
    if (map.ready) requestAnimationFrame(() => showTip(event));
  });
  frame.addEventListener("pointerleave", () => {
    tip.hidden = true;
  });
  for (const button of document.querySelectorAll("[data-zoom]")) {
    button.addEventListener("click", () =>
      ({ in: () => zoom(ZOOM_STEP), out: () => zoom(1 / ZOOM_STEP), all: lookAtAll })[button.dataset.zoom](),
    );
  }
}

// the shape of the ground lies in the data itself
data.shape = data.land;
const byLink = linked();
render();
listen();
themed();
startMap(onTap).then(() => {
  if (byLink && state.chosen && areaOf(state.chosen.id)) reveal(areaOf(state.chosen.id));
  document.documentElement.dataset.ready = "true";
});
