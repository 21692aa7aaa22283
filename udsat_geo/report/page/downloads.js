// What the page shows, as files: each table as CSV, each layer as GeoJSON. Nothing that is not shown is in them.
function save(name, kind, text) {
  const address = URL.createObjectURL(new Blob([text], { type: kind }));
  const link = element("a", { href: address, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(address), 1000);
}

// as spreadsheets of the language want it; a text that a spreadsheet would run as a formula begins with an apostrophe
function csvField(value, separator) {
  if (value === null || value === undefined) return "";
  if (typeof value === "number") return state.language === "da" ? String(value).replace(".", ",") : String(value);
  const text = /^'*[=+\-@\t\r\n＝＋－＠]/.test(value) ? "'" + value : value;
  return text.includes(separator) || /["\n\r]/.test(text) ? '"' + text.replaceAll('"', '""') + '"' : text;
}

function csvOf(settings) {
  const separator = state.language === "da" ? ";" : ",";
  const head = settings.columns.map((column) =>
    typeof column.title === "string" ? column.title : column.title.textContent,
  );
  if (settings.chooses) head.unshift("area_id");
  const rows = settings.rows.map((row) => [
    ...(settings.chooses ? [row.id] : []),
    ...settings.columns.map((column) => {
      const value = column.value(row);
      return typeof value === "boolean" ? String(value) : value;
    }),
  ]);
  return (
    "\ufeff" + [head, ...rows].map((row) => row.map((value) => csvField(value, separator)).join(separator)).join("\r\n") + "\r\n"
  );
}

function csvButton(settings) {
  return element("button", {
    type: "button",
    class: "download",
    "aria-label": _("Save as CSV") + ": " + shortened(settings.name || settings.caption, LONGEST_NAME),
    text: _("Save as CSV"),
    on: { click: () => save(settings.id + "-" + yearNow().year + ".csv", "text/csv", csvOf(settings)) },
  });
}

// places are in the page's own reference system, which the file names: the page knows no other
function geojsonOf(name, features) {
  const last = data.years[data.years.length - 1],
    code = /EPSG:(\d+)/.exec((yearNow().provenance || last.provenance).crs);
  const crs = code ? { crs: { type: "name", properties: { name: "urn:ogc:def:crs:EPSG::" + code[1] } } } : {};
  return JSON.stringify({ type: "FeatureCollection", name, ...crs, features });
}

function multipolygon(holder) {
  const { xs, ys } = decodedOnce(holder),
    [east, north] = data.corner;
  const ring = (x, y) => [...x.keys(), 0].map((i) => [x[i] + east, y[i] + north]);
  return {
    type: "MultiPolygon",
    coordinates: xs.map((polygon, i) => polygon.map((x, j) => ring(x, ys[i][j]))),
  };
}

const LAYERS = {
  areas: () =>
    yearNow().areas.map((area) => {
      const { id, name, district, residents, composite, exceeded, since } = area;
      return {
        type: "Feature",
        properties: { area_id: id, number: area.number, name, district, residents, composite, criteria_exceeded: exceeded, since },
        geometry: multipolygon(area),
      };
    }),
  changes: () =>
    (yearNow().changes ? yearNow().changes.ground : []).map((each) => ({
      type: "Feature",
      properties: { event: each.event, previous_area_id: each.before, area_id: each.now },
      geometry: multipolygon(each),
    })),
  units: () => {
    const { places } = data,
      half = places.size / 2,
      [east, north] = data.corner;
    return map.unitPlaces.map((place) => {
      const unit = unitAt(place);
      const area = unit.area >= 0 ? yearNow().areas[unit.area].id : null;
      const properties = {
        residents: _(CLASSES[unit.residents]),
        composite: unit.composite >= 0 ? composites(yearNow().breaks, unit.composite) : null,
        role: unit.role,
        area_id: area,
      };
      if (places.kind === "zones")
        return { type: "Feature", properties, geometry: multipolygon({ shape: places.shapes[place] }) };
      const x = places.x[place] * data.step + east,
        y = places.y[place] * data.step + north;
      if (!half) return { type: "Feature", properties, geometry: { type: "Point", coordinates: [x, y] } };
      const corners = [[-1, -1], [1, -1], [1, 1], [-1, 1], [-1, -1]].map(([i, j]) => [x + i * half, y + j * half]);
      return { type: "Feature", properties, geometry: { type: "Polygon", coordinates: [corners] } };
    });
  },
};
const LAYER_NAMES = { areas: N_("Areas"), units: N_("Units"), changes: N_("Changes") };

function downloads() {
  const year = yearNow(),
    there = { areas: year.areas.length > 0, units: Boolean(year.units), changes: Boolean(year.changes) };
  fill(
    "downloads",
    element("span", { class: "tool-name", text: _("Save as GeoJSON") + ":" }),
    ...Object.keys(LAYERS)
      .filter((name) => there[name])
      .map((name) =>
        element("button", {
          type: "button",
          class: "download",
          "data-save": name,
          text: _(LAYER_NAMES[name]),
          on: {
            click: () => save(name + "-" + year.year + ".geojson", "application/geo+json", geojsonOf(name, LAYERS[name]())),
          },
        }),
      ),
  );
}
