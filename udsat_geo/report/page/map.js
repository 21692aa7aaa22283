// The map: BokehJS draws; what it draws, where it looks and in which colours is said here.
const STYLES = ["fill", "alpha", "hatch", "hatching", "line", "width", "dash"];
const ZOOM_STEP = 1.5,
  PAN_SHARE = 0.2,
  PADDING = 1.08,
  AROUND_AREA = 3,
  LEAST_SPAN_M = 60;
const SURE_LAYERS = ["certainty", "sensitivity"];
const map = { document: null, plot: null, ready: false, unitPlaces: [], quiet: false };

const model = (name) => map.document.get_model_by_name(name);
const source = (name) => model(name + " data");
const colour = (name) =>
  getComputedStyle(document.documentElement)
    .getPropertyValue("--" + name)
    .trim();

// rings are told as steps from vertex to vertex
function decoded(shape) {
  const xs = [],
    ys = [];
  for (const polygon of shape) {
    const ringsX = [],
      ringsY = [];
    for (const ring of polygon) {
      const x = [],
        y = [];
      let east = 0,
        north = 0;
      for (let i = 0; i < ring.length; i += 2) {
        east += ring[i];
        north += ring[i + 1];
        x.push(east * data.step);
        y.push(north * data.step);
      }
      ringsX.push(x);
      ringsY.push(y);
    }
    xs.push(ringsX);
    ys.push(ringsY);
  }
  return { xs, ys };
}

function decodedOnce(holder) {
  if (!holder.decoded) Object.defineProperty(holder, "decoded", { value: decoded(holder.shape) });
  return holder.decoded;
}

function boundsOf(shape) {
  const bounds = [Infinity, Infinity, -Infinity, -Infinity];
  shape.xs.flat(2).forEach((x) => {
    bounds[0] = Math.min(bounds[0], x);
    bounds[2] = Math.max(bounds[2], x);
  });
  shape.ys.flat(2).forEach((y) => {
    bounds[1] = Math.min(bounds[1], y);
    bounds[3] = Math.max(bounds[3], y);
  });
  return bounds;
}

function shapes(name, items) {
  const columns = { xs: items.map((item) => item.at.xs), ys: items.map((item) => item.at.ys) };
  const plain = {
    fill: "#000000",
    alpha: 0,
    hatch: " ",
    hatching: "#000000",
    line: "#000000",
    width: 0,
    dash: "solid",
  };
  for (const style of STYLES) columns[style] = items.map((item) => ({ ...plain, ...item })[style]);
  source(name).data = columns;
}

// rings are told as steps; lines too, from vertex to vertex
function wayOf(steps) {
  let east = 0,
    north = 0;
  const xs = [],
    ys = [];
  for (let i = 0; i < steps.length; i += 2) {
    xs.push((east += steps[i]) * data.step);
    ys.push((north += steps[i + 1]) * data.step);
  }
  return [xs, ys];
}

const BASE_LINES = { road: [1.3, "solid"], railway: [1.3, "dashed"] };

function drawBase() {
  const { areas, lines } = data.base;
  shapes(
    "base",
    areas.map((each) => ({
      at: decodedOnce(each),
      fill: colour("base-" + each.kind),
      alpha: 1,
      line: colour(each.kind === "district" ? "rule" : "base-" + each.kind),
      width: each.kind === "district" ? 1 : 0,
    })),
  );
  const ways = lines.flatMap((each) => each.shape.map((steps) => ({ kind: each.kind, way: wayOf(steps) })));
  source("lines").data = {
    xs: ways.map(({ way }) => way[0]),
    ys: ways.map(({ way }) => way[1]),
    line: ways.map(({ kind }) => colour("base-" + kind)),
    width: ways.map(({ kind }) => BASE_LINES[kind][0]),
    dash: ways.map(({ kind }) => BASE_LINES[kind][1]),
  };
  const known = areas.length > 0;
  const fillOfLand = known ? (unitsShown() ? "base-district" : "built") : "land";
  const line = colour("strong-rule");
  shapes("land", [{ at: decodedOnce(data), fill: colour(fillOfLand), alpha: 1, line, width: known ? 0 : 0.6 }]);
}

function unitColour(kind, breaks) {
  if (kind[0] < 0) return colour("unit-none");
  return colour("unit-" + Math.max(0, 3 - (breaks.length - kind[0])));
}

// what units are coloured by in the place of composites: how sure they are, by chance or by settings
function sureNow() {
  const sure = yearNow().sure;
  return SURE_LAYERS.find((about) => state.layers[about] && sure && sure[about] && sure[about].of) || null;
}

const unitsShown = () => Boolean(yearNow().units) && (state.layers.units || sureNow() !== null);

function drawUnits() {
  const year = yearNow(),
    places = data.places;
  map.unitPlaces = [];
  if (!year.units) {
    if (places.kind === "zones" || places.kind === "none") shapes("units", []);
    else source("units").data = { x: [], y: [], fill: [] };
    return;
  }
  const colours = year.units.kinds.map((kind) => unitColour(kind, year.breaks));
  year.units.of.forEach((kind, place) => {
    if (kind >= 0) map.unitPlaces.push(place);
  });
  const sure = sureNow();
  const paint = (place) => {
    if (!sure) return colours[year.units.of[place]];
    const found = year.sure[sure].of[place];
    return colour(found < 0 ? "unit-none" : "sure-" + found);
  };
  if (places.kind === "zones") {
    const line = colour("strong-rule");
    places.decoded = places.decoded || places.shapes.map(decoded);
    shapes(
      "units",
      map.unitPlaces.map((place) => ({
        at: places.decoded[place],
        fill: paint(place),
        alpha: 1,
        line,
        width: 0.4,
      })),
    );
    return;
  }
  source("units").data = {
    x: map.unitPlaces.map((place) => places.x[place] * data.step),
    y: map.unitPlaces.map((place) => places.y[place] * data.step),
    fill: map.unitPlaces.map(paint),
  };
}

function drawAreas() {
  const line = colour("outline"),
    areaFill = colour("area");
  const alpha = unitsShown() ? 0.02 : 0.75;
  shapes(
    "areas",
    yearNow().areas.map((area) => ({ at: decodedOnce(area), fill: areaFill, alpha, line, width: 2 })),
  );
}

function drawChanges() {
  const changes = yearNow().changes;
  const look = (name, told) => ({
    line: colour(name),
    width: 1.4,
    fill: colour(name),
    hatching: colour("paper"),
    ...told,
  });
  const looks = {
    added: look("added", { alpha: 0.8, hatch: "right_diagonal_line" }),
    removed: look("removed", {
      alpha: 0.65,
      fill: colour("paper"),
      hatching: colour("removed"),
      hatch: "diagonal_cross",
      dash: "dashed",
    }),
    moved: look("moved", { alpha: 0.75, hatch: "dot" }),
  };
  shapes(
    "changes",
    (changes ? changes.ground : []).map((each) => ({ at: decodedOnce(each), ...looks[each.event] })),
  );
}

function drawChosen() {
  const area = state.chosen && state.chosen.kind === "area" ? areaOf(state.chosen.id) : null;
  const at = area ? decodedOnce(area) : null;
  shapes("halo", at ? [{ at, line: colour("halo"), width: 9 }] : []);
  shapes("chosen", at ? [{ at, line: colour("chosen"), width: 4.5 }] : []);
  map.quiet = true;
  source("areas").selected.indices = area ? [yearNow().areas.indexOf(area)] : [];
  if (!state.chosen || state.chosen.kind !== "unit") source("units").selected.indices = [];
  if (!state.chosen || state.chosen.kind !== "ground") source("changes").selected.indices = [];
  map.quiet = false;
}

function showLayers() {
  for (const name of ["areas", "labels", "leaders", "halo", "chosen"]) model(name).visible = state.layers.areas;
  model("units").visible = unitsShown();
  model("changes").visible = state.layers.changes;
}

function drawMap() {
  const surface = colour("sea"),
    scale = model("scale");
  map.plot.background_fill_color = surface;
  map.plot.border_fill_color = surface;
  scale.background_fill_color = colour("paper");
  scale.label_text_color = scale.bar_line_color = colour("ink");
  drawBase();
  drawUnits();
  drawChanges();
  drawAreas();
  drawChosen();
  showLayers();
  drawLabels();
}

function look(west, south, east, north) {
  const frame = document.getElementById("map");
  const perPixel = Math.max((east - west) / frame.clientWidth, (north - south) / frame.clientHeight);
  const halfWidth = (perPixel * frame.clientWidth) / 2,
    halfHeight = (perPixel * frame.clientHeight) / 2;
  const x = (west + east) / 2,
    y = (south + north) / 2;
  map.plot.x_range.setv({ start: x - halfWidth, end: x + halfWidth });
  map.plot.y_range.setv({ start: y - halfHeight, end: y + halfHeight });
}

const seen = () => [map.plot.x_range.start, map.plot.y_range.start, map.plot.x_range.end, map.plot.y_range.end];

function around([west, south, east, north], factor) {
  const x = (west + east) / 2,
    y = (south + north) / 2;
  const width = (Math.max(east - west, LEAST_SPAN_M) * factor) / 2;
  const height = (Math.max(north - south, LEAST_SPAN_M) * factor) / 2;
  look(x - width, y - height, x + width, y + height);
}

const lookAtAll = () =>
  around(
    data.bounds.map((step) => step * data.step),
    PADDING,
  );
const zoom = (factor) => around(seen(), 1 / factor);

function pan(east, north) {
  const [x0, y0, x1, y1] = seen();
  const dx = east * PAN_SHARE * (x1 - x0),
    dy = north * PAN_SHARE * (y1 - y0);
  look(x0 + dx, y0 + dy, x1 + dx, y1 + dy);
}

// as it is where the area can be seen well, else nearer or farther
function reveal(area) {
  const [x0, y0, x1, y1] = boundsOf(decodedOnce(area)),
    [w, s, e, n] = seen();
  const within = x0 >= w && x1 <= e && y0 >= s && y1 <= n;
  const large = Math.max((x1 - x0) / (e - w), (y1 - y0) / (n - s)) > 0.05;
  if (!(within && large)) around([x0, y0, x1, y1], AROUND_AREA);
}

function inside(root) {
  return [...root.querySelectorAll("*")].flatMap((node) => [node, ...(node.shadowRoot ? inside(node.shadowRoot) : [])]);
}

// Paper gets a copy of what the screen shows: the plot itself would be cut where paper is narrower.
function copyForPrint() {
  const layers = inside(document.getElementById("plot")).filter((node) => node.tagName === "CANVAS" && node.width);
  if (!layers.length) return;
  const copy = document.getElementById("printed");
  copy.width = layers[0].width;
  copy.height = layers[0].height;
  for (const layer of layers) copy.getContext("2d").drawImage(layer, 0, 0, copy.width, copy.height);
}

async function startMap(onTap) {
  Bokeh.set_log_level("warn");
  const item = JSON.parse(document.getElementById("page-plot").textContent);
  document.getElementById("plot").replaceChildren();
  await Bokeh.embed.embed_item(item, "plot");
  map.document = Bokeh.documents[0];
  map.plot = map.document.roots()[0];
  map.ready = true;
  // the frame around it takes the keyboard
  for (const node of inside(document.getElementById("plot"))) if (node.tabIndex >= 0) node.tabIndex = -1;
  let waiting = false;
  for (const name of ["areas", "units", "changes"]) {
    source(name).selected.change.connect(() => {
      if (map.quiet || waiting) return;
      waiting = true;
      // a tap may meet several layers, one after the other
      setTimeout(() => {
        waiting = false;
        onTap();
      }, 0);
    });
  }
  lookAtAll();
  drawMap();
  map.plot.x_range.change.connect(labelsSoon);
  let width = 0;
  new ResizeObserver(() => {
    const now = document.getElementById("map").clientWidth;
    if (now && now !== width) {
      width = now;
      look(...seen());
    }
  }).observe(document.getElementById("map"));
}
