// Finding an area, a place or a position, and links that lead back to what is shown.
const MOST_FOUND = 8;
const plain = (text) => text.toLocaleLowerCase("da").normalize("NFD").replace(/[\u0300-\u036f]/g, "");

// everything that has a name: areas of any year, districts, and what lies on the ground
function named_places() {
  const found = new Map();
  data.years.forEach((year, i) =>
    year.areas.forEach((area) => {
      const text = area.name + " (" + area.id + ")";
      found.set("area " + area.id, { text, kind: _("area {year}", { year: year.year }), area: area.id, year: i });
    }),
  );
  for (const each of [...data.base.areas, ...data.base.lines])
    if (each.name) found.set(each.kind + each.name, { text: each.name, kind: _(BASE_KINDS[each.kind]), base: each });
  return [...found.values()];
}
const BASE_KINDS = {
  land: N_("land"),
  park: N_("park"),
  water: N_("water"),
  district: N_("district"),
  road: N_("road"),
  railway: N_("railway"),
};

// "725400 6175700": easting and northing in the page's own reference system; or the id of a cell, 100m_61757_7254
function position(text) {
  const cell = /^(\d+)(k?m)_(\d+)_(\d+)$/i.exec(text.trim());
  if (cell) {
    const size = Number(cell[1]) * (cell[2].toLowerCase() === "km" ? 1000 : 1);
    return [(Number(cell[4]) + 0.5) * size, (Number(cell[3]) + 0.5) * size];
  }
  const pair = /^(\d{4,8}(?:\.\d+)?)[\s,;]+(\d{4,8}(?:\.\d+)?)$/.exec(text.trim());
  return pair ? [Number(pair[1]), Number(pair[2])] : null;
}

function goTo(hit) {
  if (hit.at) {
    const [x, y] = [hit.at[0] - data.corner[0], hit.at[1] - data.corner[1]];
    around([x, y, x, y], 1);
    around([x - 300, y - 300, x + 300, y + 300], 1.5);
    const place = nearestUnit(x, y);
    choose(place < 0 ? null : { kind: "unit", place });
  } else if (hit.area) {
    if (!areaOf(hit.area)) chooseYear(hit.year, true);
    choose({ kind: "area", id: hit.area }, true);
  } else around(boundsOfBase(hit.base), AROUND_AREA / 2);
  document.getElementById("map").scrollIntoView({ block: "nearest" });
}

function boundsOfBase(base) {
  if (base.label) return boundsOf(decodedOnce(base));
  const ways = base.shape.flat().some(Array.isArray) ? decodedOnce(base) : null;
  if (ways) return boundsOf(ways);
  const found = base.shape.map(wayOf);
  return boundsOf({ xs: [found.map(([xs]) => xs)], ys: [found.map(([, ys]) => ys)] });
}

function nearestUnit(x, y) {
  const { places } = data;
  if (!places.x || !yearNow().units) return -1;
  let best = -1,
    least = Math.max(places.size, 100) * 0.75;
  for (const place of map.unitPlaces) {
    const away = Math.max(Math.abs(places.x[place] * data.step - x), Math.abs(places.y[place] * data.step - y));
    if (away < least) [best, least] = [place, away];
  }
  return best;
}

function found(text) {
  const at = position(text);
  if (at) return [{ text: _("Position {east} {north}", { east: at[0], north: at[1] }), kind: "", at }];
  const wanted = plain(text.trim());
  if (wanted.length < 2) return [];
  return named_places()
    .map((place) => ({ ...place, at: null, where: plain(place.text).indexOf(wanted) }))
    .filter((place) => place.where >= 0)
    .sort((one, other) => one.where - other.where || one.text.length - other.text.length)
    .slice(0, MOST_FOUND);
}

function showFound() {
  const field = document.getElementById("search"),
    hits = found(field.value);
  fill(
    "found",
    ...hits.map((hit) =>
      element(
        "li",
        null,
        element("button", { type: "button", on: { click: () => goTo(hit) } }, shortened(hit.text, LONGEST_NAME)),
        " ",
        element("span", { class: "id", text: hit.kind }),
      ),
    ),
  );
  const nothing = field.value.trim().length > 1 && !hits.length;
  document.getElementById("nothing-found").textContent = nothing ? _("Nothing of that name here.") : "";
}

function linked() {
  const parts = new URLSearchParams(location.hash.slice(1));
  if (![...parts.keys()].some((key) => ["year", "area", "lang"].includes(key))) return false;
  if (data.texts[parts.get("lang")]) state.language = parts.get("lang");
  const year = data.years.findIndex((each) => String(each.year) === parts.get("year"));
  if (year >= 0) state.year = year;
  const area = parts.get("area");
  state.chosen = area && data.years.some((each) => areaOf(area, each)) ? { kind: "area", id: area } : null;
  return true;
}

function keepLink() {
  const parts = new URLSearchParams({ year: yearNow().year });
  if (state.chosen && state.chosen.kind === "area") parts.set("area", state.chosen.id);
  parts.set("lang", state.language);
  history.replaceState(null, "", "#" + parts);
}
