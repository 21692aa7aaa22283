// Where labels lie: inside what they name where they fit, else beside it with a line, never on each other or on another area.
const LABEL = { size: 12, style: "bold", pad: 4 },
  DISTRICT = { size: 11, style: "italic", pad: 2 },
  DIRECTIONS = 24,
  STEP_PX = 7,
  STEPS = 16,
  OVER_PX = 90,
  DISTRICT_STEPS = 9,
  WAIT_MS = 90,
  SAMPLE_PX = 5,
  FREE_TOP = [250, 56];
const pen = document.createElement("canvas").getContext("2d");

function sizeOf(text, kind) {
  pen.font = (kind === DISTRICT ? "italic " : "bold ") + kind.size + "px system-ui, sans-serif";
  return [pen.measureText(text).width + 2 * kind.pad, kind.size + 2 * kind.pad];
}

// from the plot's metres to pixels of its frame
function onScreen() {
  const frame = document.getElementById("map"),
    [west, south, east, north] = seen();
  const across = frame.clientWidth / (east - west),
    down = frame.clientHeight / (north - south);
  return {
    width: frame.clientWidth,
    height: frame.clientHeight,
    perMetre: across,
    at: (x, y) => [(x - west) * across, (north - y) * down],
    back: (x, y) => [west + x / across, north - y / down],
  };
}

function pathOf(holder, screen) {
  const path = new Path2D(),
    { xs, ys } = decodedOnce(holder);
  let bounds = [Infinity, Infinity, -Infinity, -Infinity];
  xs.forEach((polygon, i) =>
    polygon.forEach((ring, j) => {
      ring.forEach((x, k) => {
        const [px, py] = screen.at(x, ys[i][j][k]);
        if (k) path.lineTo(px, py);
        else path.moveTo(px, py);
        bounds = [Math.min(bounds[0], px), Math.min(bounds[1], py), Math.max(bounds[2], px), Math.max(bounds[3], py)];
      });
      path.closePath();
    }),
  );
  return { path, bounds };
}

const boxOf = ([x, y], [width, height]) => [x - width / 2, y - height / 2, x + width / 2, y + height / 2];
const meet = (one, other) => one[0] < other[2] && other[0] < one[2] && one[1] < other[3] && other[1] < one[3];

// whether a line meets a box: cut it at the sides, one after the other
function lineMeets([[x0, y0], [x1, y1]], [west, north, east, south]) {
  let from = 0,
    to = 1;
  for (const [delta, gap] of [
    [x0 - x1, x0 - west],
    [x1 - x0, east - x0],
    [y0 - y1, y0 - north],
    [y1 - y0, south - y0],
  ]) {
    if (delta === 0) {
      if (gap < 0) return false;
    } else if (delta < 0) from = Math.max(from, gap / delta);
    else to = Math.min(to, gap / delta);
  }
  return from <= to;
}

// the share of a box that lies on shapes, by points in it
function shareOn(box, shapes) {
  const near = shapes.filter((shape) => meet(box, shape.bounds));
  if (!near.length) return 0;
  const across = Math.ceil((box[2] - box[0]) / SAMPLE_PX),
    down = Math.ceil((box[3] - box[1]) / SAMPLE_PX);
  let found = 0;
  for (let i = 0; i <= across; i += 1) {
    for (let j = 0; j <= down; j += 1) {
      const x = box[0] + ((box[2] - box[0]) * i) / across,
        y = box[1] + ((box[3] - box[1]) * j) / down;
      if (near.some((shape) => pen.isPointInPath(shape.path, x, y, "evenodd"))) found += 1;
    }
  }
  return found / ((across + 1) * (down + 1));
}

const within = (box, screen) => box[0] >= 2 && box[1] >= 2 && box[2] <= screen.width - 2 && box[3] <= screen.height - 2;

function beside(anchor, size, screen, shapes, taken, lines) {
  let best = null;
  for (let step = 1; step <= STEPS; step += 1) {
    for (let turn = 0; turn < DIRECTIONS; turn += 1) {
      const angle = (2 * Math.PI * turn) / DIRECTIONS,
        at = [
          anchor[0] + Math.cos(angle) * (size[0] / 2 + step * STEP_PX),
          anchor[1] - Math.sin(angle) * (size[1] / 2 + step * STEP_PX),
        ];
      const box = boxOf(at, size),
        line = [anchor, at];
      if (!within(box, screen) || taken.some((other) => meet(box, other) || lineMeets(line, other))) continue;
      if (lines.some((other) => lineMeets(other, box))) continue;
      const cost = step * STEP_PX + OVER_PX * shareOn(box, shapes);
      if (!best || cost < best.cost) best = { cost, at, box, line };
    }
    if (best && best.cost <= (step + 1) * STEP_PX) break;
  }
  return best;
}

function placedLabels(screen) {
  const areas = yearNow().areas.filter((area) => area.label);
  const shapes = areas.map((area) => pathOf(area, screen));
  const taken = [[screen.width - FREE_TOP[0], 0, screen.width, FREE_TOP[1]]],
    lines = [],
    placed = [];
  const todo = areas.map((area) => {
    const anchor = screen.at(area.label[0] * data.step, area.label[1] * data.step),
      radius = area.label[2] * data.step * screen.perMetre;
    const told = [area.number + " " + shortened(area.name, 24), String(area.number)];
    const text = told.find((each) => Math.hypot(...sizeOf(each, LABEL)) / 2 <= radius + 2);
    return { anchor, text: text || told[1], inside: Boolean(text) };
  });
  for (const inside of [true, false]) {
    for (const one of todo.filter((each) => each.inside === inside)) {
      const size = sizeOf(one.text, LABEL);
      if (one.anchor[0] < 0 || one.anchor[1] < 0 || one.anchor[0] > screen.width || one.anchor[1] > screen.height)
        continue;
      let at = one.anchor,
        box = boxOf(at, size);
      if (!inside || taken.some((other) => meet(box, other)) || !within(box, screen)) {
        const found = beside(one.anchor, size, screen, shapes, taken, lines);
        if (!found) continue;
        ({ at, box } = found);
        lines.push(found.line);
      }
      taken.push(box);
      placed.push({ at, text: one.text, size, kind: LABEL });
    }
  }
  return { placed: [...placed, ...districtLabels(screen, shapes, taken, lines)], lines };
}

// a name that must lie on an area would be taken for the area's: then it is left out
function districtLabels(screen, shapes, taken, lines) {
  const placed = [];
  for (const district of data.base.areas.filter((each) => each.label)) {
    const text = shortened(district.name, 30),
      size = sizeOf(text, DISTRICT),
      home = pathOf(district, screen);
    const middle = screen.at(district.label[0] * data.step, district.label[1] * data.step);
    const tried = [[0, 0]];
    for (let ring = 1; ring <= DISTRICT_STEPS; ring += 1)
      for (let turn = 0; turn < DIRECTIONS / 2; turn += 1) {
        const angle = (4 * Math.PI * turn) / DIRECTIONS;
        tried.push([Math.cos(angle) * ring * 14, Math.sin(angle) * ring * 10]);
      }
    for (const [east, south] of tried) {
      const at = [middle[0] + east, middle[1] + south],
        box = boxOf(at, size);
      const free = within(box, screen) && !taken.some((other) => meet(box, other));
      if (!free || lines.some((line) => lineMeets(line, box))) continue;
      if (!pen.isPointInPath(home.path, ...at, "evenodd") || shareOn(box, shapes) > 0) continue;
      taken.push(box);
      placed.push({ at, text, size, kind: DISTRICT });
      break;
    }
  }
  return placed;
}

function drawLabels() {
  if (!map.ready && !map.plot) return;
  const screen = onScreen();
  if (!screen.width) return;
  const { placed, lines } = placedLabels(screen),
    at = placed.map((each) => screen.back(...each.at));
  const isArea = placed.map((each) => each.kind === LABEL);
  source("labels").data = {
    x: at.map(([x]) => x),
    y: at.map(([, y]) => y),
    text: placed.map((each) => each.text),
    ink: isArea.map((is) => colour(is ? "ink" : "soft")),
    paper: isArea.map(() => colour("paper")),
    alpha: isArea.map((is) => (is ? 0.9 : 0.55)),
    size: placed.map((each) => each.kind.size + "px"),
    style: placed.map((each) => each.kind.style),
    // so that it can be checked that none lies on another
    across: placed.map((each) => each.size[0]),
    down: placed.map((each) => each.size[1]),
  };
  const ends = lines.map((line) => line.map((end) => screen.back(...end)));
  source("leaders").data = {
    xs: ends.map((line) => line.map(([x]) => x)),
    ys: ends.map((line) => line.map(([, y]) => y)),
    line: ends.map(() => colour("ink")),
    width: ends.map(() => 1.1),
    dash: ends.map(() => "solid"),
  };
}

let waitingForLabels = 0;
function labelsSoon() {
  clearTimeout(waitingForLabels);
  waitingForLabels = setTimeout(drawLabels, WAIT_MS);
}
