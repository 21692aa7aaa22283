// What the explorer draws and picks beside the report's map: earlier outlines, barriers, a corner where one points.
const drawn = { corners: null, units: "" };

const atPointer = (event) => {
  const box = document.getElementById("map").getBoundingClientRect();
  const [west, south, east, north] = seen();
  return [
    west + ((event.clientX - box.left) / box.width) * (east - west),
    north - ((event.clientY - box.top) / box.height) * (north - south),
  ];
};
const middle = () => {
  const [west, south, east, north] = seen();
  return [(west + east) / 2, (south + north) / 2];
};
const onGround = ([x, y]) => [Math.round(x + data.corner[0]), Math.round(y + data.corner[1])];
const onMap = ([x, y]) => [x - data.corner[0], y - data.corner[1]];

function isIn(at, x, y) {
  let inside = false;
  at.xs.forEach((rings, polygon) =>
    rings.forEach((xs, ring) => {
      const ys = at.ys[polygon][ring];
      for (let i = 0, j = xs.length - 1; i < xs.length; j = i, i += 1) {
        if (ys[i] > y !== ys[j] > y && x < ((xs[j] - xs[i]) * (y - ys[i])) / (ys[j] - ys[i]) + xs[i]) inside = !inside;
      }
    }),
  );
  return inside;
}

// the area and the unit under a point
function pickedAt([x, y]) {
  const places = data.places;
  const area = yearNow().areas.find((each) => isIn(decodedOnce(each), x, y)) || null;
  let unit = -1;
  if (places.kind === "zones") {
    places.decoded = places.decoded || places.shapes.map(decoded);
    unit = places.decoded.findIndex((at) => isIn(at, x, y));
  } else {
    const [west, , east] = seen();
    let nearest = places.kind === "cells" ? places.size / 2 : (8 * (east - west)) / document.getElementById("map").clientWidth;
    for (let i = 0; i < places.x.length; i += 1) {
      const away = Math.max(Math.abs(places.x[i] * data.step - x), Math.abs(places.y[i] * data.step - y));
      if (away <= nearest) {
        nearest = away;
        unit = i;
      }
    }
  }
  return { area, unit };
}

function drawBefore(compared) {
  const line = colour("chosen");
  shapes(
    "before",
    (compared ? compared.areas : []).map((each) => ({ at: decodedOnce(each), line, width: 1.8, dash: "dashed" })),
  );
}

// a line is a ring that goes back the way it came
function asRing(line) {
  const there = line.map(onMap),
    back = there.slice(1, -1).reverse();
  const ring = [...there, ...back];
  return { xs: [[ring.map(([x]) => x)]], ys: [[ring.map(([, y]) => y)]] };
}

function drawLines() {
  const line = colour("stamp");
  const given = data.barriers.map((each) => ({ at: asRing(each), line: colour("moved"), width: 1.2 }));
  const own = now.settings.barriers.map((each) => ({ at: asRing(each), line, width: 3.5 }));
  const growing = drawn.corners && drawn.corners.length ? drawn.corners : null;
  if (growing) own.push({ at: asRing(growing.length > 1 ? growing : [growing[0], growing[0]]), line, width: 3.5, dash: "dotted" });
  shapes("barriers", [...given, ...own]);
}

// colours of units are drawn again only where one of them changed: they are most of the picture
function drawAnswer(compared) {
  const year = yearNow(),
    units = JSON.stringify([year.units.of, year.breaks.length, sureNow()]);
  if (units !== drawn.units) {
    drawUnits();
    drawn.units = units;
  }
  drawAreas();
  drawLabels();
  drawChanges();
  drawBefore(compared);
  drawLines();
  drawChosen();
  showLayers();
}

function drawAll() {
  drawn.units = "";
  drawMap();
  drawBefore(shown.compared);
  drawLines();
}

// what the picture shows, for whoever checks it
function picture() {
  const areas = source("areas").data;
  return {
    areas: areas.xs.length,
    outline: [areas.xs, areas.ys],
    added: source("changes").data.xs.length,
    before: source("before").data.xs.length,
    lines: source("barriers").data.xs.length,
    fills: source("units").data.fill,
    labels: source("labels").data,
  };
}
