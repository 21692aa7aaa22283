// What lies under the pointer, what was tapped, and the key to it all.
const CLASSES = {
  "-1": N_("number of residents unknown"),
  0: N_("fewer than 20 residents"),
  1: N_("20-99 residents"),
  2: N_("100 residents and more"),
};
const HAPPENED = {
  added: N_("came in since {year}"),
  removed: N_("fell out since {year}"),
  moved: N_("went to another area"),
};
const SURE_CLASSES = {
  2: N_("sure"),
  1: N_("could go either way"),
  0: N_("out"),
};
const SURE_HEADS = {
  certainty: N_("Units by how sure they are, if chance fell otherwise"),
  sensitivity: N_("Units by how sure they are, if the policy were set otherwise"),
};
const GROUNDS = {
  cells: N_("cells judged"),
  points: N_("ground around addresses judged"),
  zones: N_("zones judged"),
};

function underPointer() {
  const first = (name) => {
    const layer = model(name);
    const indices = layer.visible ? source(name).inspected.indices : [];
    return indices.length ? indices[indices.length - 1] : -1;
  };
  return lookedUp(first("areas"), first("changes"), first("units"));
}

function tapped() {
  const first = (name) => {
    const indices = model(name).visible ? source(name).selected.indices : [];
    return indices.length ? indices[indices.length - 1] : -1;
  };
  return lookedUp(first("areas"), first("changes"), first("units"));
}

function lookedUp(area, ground, unit) {
  const year = yearNow();
  const place = unit >= 0 ? map.unitPlaces[unit] : -1;
  return {
    area: area >= 0 ? year.areas[area] : null,
    ground: ground >= 0 && year.changes ? year.changes.ground[ground] : null,
    unit: place >= 0 && year.units ? unitAt(place) : null,
  };
}

function unitAt(place) {
  const units = yearNow().units,
    kind = units.kinds[units.of[place]];
  const [composite, role, decided, residents, area, decision] = kind;
  return { place, composite, role, decided, residents, area, decision, name: units.names ? units.names[place] : null };
}

function unitReason(unit) {
  const year = yearNow();
  if (unit.decided === "withheld")
    return _(
      "Fewer than {n} residents, or nobody knows how many: neither composite nor reason is shown for the unit alone.",
      { n: data.fewest },
    );
  if (unit.decision >= 0) return year.decisions[state.language][unit.decision];
  return data.reasons[state.language][unit.decided] || unit.decided;
}

function unitFigures(unit) {
  const year = yearNow();
  const told = [_(CLASSES[unit.residents])];
  if (unit.composite >= 0) told.push(_("composite {range}", { range: composites(year.breaks, unit.composite) }));
  told.push(data.texts[state.language]["role_" + unit.role]);
  const sure = sureNow(),
    found = sure ? year.sure[sure].of[unit.place] : -1;
  if (found >= 0) told.push(_(SURE_CLASSES[found]));
  return told.join(" · ");
}

function areaFigures(area) {
  return people(area.residents) + " " + _("residents");
}

// the reason says the figures too
function areaTold(area) {
  return area.reason ? shortened(area.reason[state.language], LONGEST_TEXT) : areaFigures(area);
}

function groundTold(ground) {
  const before = yearNow().changes;
  const name = (id) => {
    if (id === null) return null;
    const area = areaOf(id) || areaOf(id, data.years[Math.max(0, state.year - 1)]);
    return area ? area.name : id;
  };
  const said = _(HAPPENED[ground.event], { year: before.year });
  return { said, names: [name(ground.before), name(ground.now)].filter((one) => one !== null) };
}

function tipOf(found) {
  const parts = [];
  if (found.area) {
    parts.push(element("p", { class: "tip-name" }, found.area.number + " ", named(found.area.name)));
    parts.push(element("p", { dir: "auto", text: areaTold(found.area) }));
  }
  if (found.ground) {
    const told = groundTold(found.ground);
    const line = element("p", { class: parts.length ? "tip-unit" : "tip-name" }, told.said + ": ");
    told.names
      .filter((name, i) => told.names.indexOf(name) === i)
      .forEach((name, i) => line.append(i ? " → " : "", named(name)));
    parts.push(line);
  }
  if (found.unit) {
    const unit = found.unit;
    const head = element("p", { class: parts.length ? "tip-unit" : "tip-name" }, _("Unit"));
    if (unit.name) head.append(" ", named(unit.name));
    parts.push(head, element("p", { text: unitFigures(unit) }));
    parts.push(element("p", { dir: "auto", text: shortened(unitReason(unit), LONGEST_TEXT) }));
  }
  return parts;
}

function showTip(event) {
  const tip = document.getElementById("tip"),
    frame = document.getElementById("map");
  const parts = tipOf(underPointer());
  tip.hidden = !parts.length || event.pointerType === "touch";
  if (tip.hidden) return;
  tip.replaceChildren(...parts);
  const box = frame.getBoundingClientRect();
  const x = event.clientX - box.left,
    y = event.clientY - box.top;
  const left = x + 16 + tip.offsetWidth > box.width ? x - tip.offsetWidth - 12 : x + 16;
  const top = y + 16 + tip.offsetHeight > box.height ? y - tip.offsetHeight - 12 : y + 16;
  tip.style.transform = "translate(" + Math.max(2, left) + "px, " + Math.max(2, top) + "px)";
}

function swatch(kind, text) {
  return element("span", null, element("i", { class: kind, "aria-hidden": "true" }), text);
}

function legend() {
  const year = yearNow(),
    items = [];
  if (state.layers.areas) {
    const filled = unitsShown() ? "" : " filled";
    items.push(swatch("swatch-area" + filled, _("area, designated {year}", { year: year.year })));
    items.push(swatch("swatch-chosen", _("chosen area")));
  }
  if (state.layers.changes && year.changes) {
    const there = new Set(year.changes.ground.map((each) => each.event));
    for (const event of ["added", "removed", "moved"]) {
      if (there.has(event)) items.push(swatch("swatch-" + event, _(HAPPENED[event], { year: year.changes.year })));
    }
  }
  const sure = sureNow();
  if (sure) {
    items.push(element("span", { class: "legend-head", text: _(SURE_HEADS[sure]) }));
    for (const found of [2, 1, 0]) items.push(swatch("swatch-sure-" + found, _(SURE_CLASSES[found])));
    items.push(swatch("swatch-unit-none", _("not told: fewer than {n} residents outside the areas", { n: data.fewest })));
  } else if (state.layers.units && year.units) {
    items.push(element("span", { class: "legend-head", text: _("Units by composite (higher is worse)") }));
    for (let number = year.breaks.length; number >= 0 && year.breaks.length; number -= 1) {
      const from = year.breaks[number - 1];
      const meaning = from === undefined ? "" : from === year.core ? _("core") : from === year.edge ? _("edge") : "";
      const text = composites(year.breaks, number) + (meaning ? " (" + meaning + ")" : "");
      items.push(swatch("swatch-unit-" + Math.max(0, 3 - (year.breaks.length - number)), text));
    }
    items.push(
      swatch("swatch-unit-none", _("no composite, or fewer than {n} residents outside the areas", { n: data.fewest })),
    );
  }
  items.push(swatch("swatch-land", _(GROUNDS[data.ground])));
  fill("legend", ...items);
  const crs = year.provenance ? year.provenance.crs : data.years[data.years.length - 1].provenance.crs;
  const told = [_("{crs}, grid north up.", { crs })];
  if (data.tolerance)
    told.push(
      _("Outlines of zones are simplified by up to {m} m to keep the page small.", { m: whole(data.tolerance) }),
    );
  document.getElementById("grid").textContent = told.join(" ");
}
