// What is set: sliders and boxes, the link that holds it all, undo.
const fresh = () => ({
  values: {},
  barriers: [],
  decisions: structuredClone(data.begun.decisions),
});
const now = { settings: fresh(), against: "shipped", kept: null, version: 0 };
const knobOf = new Map(data.knobs.map((knob) => [knob.key, knob]));
const GAP = 0.0000001;

const valueOf = (key) => (key in now.settings.values ? now.settings.values[key] : knobOf.get(key).value);

function setValue(key, value) {
  const knob = knobOf.get(key);
  if (value === knob.value || value === null) delete now.settings.values[key];
  else now.settings.values[key] = value;
}

// growing must not be harder than starting, nor staying harder than joining; what is moved takes the other along
function takeAlong(key) {
  const numbers = (...keys) => keys.every((each) => knobOf.has(each) && typeof valueOf(each) === "number");
  const worse = knobOf.has("rule.core") && knobOf.get("rule.core").kind === "share" ? -1 : 1;
  if (numbers("rule.core", "rule.edge") && worse * (valueOf("rule.edge") - valueOf("rule.core")) > GAP) {
    if (key === "rule.edge") setValue("rule.core", valueOf("rule.edge"));
    else setValue("rule.edge", valueOf("rule.core"));
  }
  if (numbers("rule.edge", "incumbents.leave") && valueOf("incumbents.leave") > valueOf("rule.edge")) {
    if (key === "incumbents.leave") setValue("incumbents.leave", valueOf("rule.edge"));
    else setValue("incumbents.leave", valueOf("rule.edge"));
  }
  if (key === "context.method" && valueOf(key) !== "nearest" && knobOf.has("context.residents"))
    setValue("context.residents", 0);
  if (key === "context.residents" && valueOf(key) > 0) setValue("context.method", "nearest");
  if (key === "context.residents" && valueOf(key) > 0 && knobOf.has("context.reach") && valueOf("context.reach") === 0)
    setValue("context.reach", 1000);
}

// --- the link ---------------------------------------------------------------------------------------------------

function asLink() {
  const held = {};
  if (Object.keys(now.settings.values).length) held.values = now.settings.values;
  if (now.settings.barriers.length) held.barriers = now.settings.barriers;
  if (JSON.stringify(now.settings.decisions) !== JSON.stringify(data.begun.decisions))
    held.decisions = now.settings.decisions;
  if (now.against !== "shipped") held.against = now.against;
  if (now.kept) held.kept = now.kept;
  return Object.keys(held).length ? "#" + encodeURIComponent(JSON.stringify(held)) : "#";
}

function fromLink() {
  let held = {};
  try {
    held = JSON.parse(decodeURIComponent(location.hash.slice(1)) || "{}");
  } catch {
    held = {};
  }
  if (held === null || typeof held !== "object") held = {};
  const plain = (value, other) => (value && typeof value === "object" ? value : other);
  now.settings = {
    values: plain(held.values, {}),
    barriers: plain(held.barriers, []),
    decisions: plain(held.decisions, fresh().decisions),
  };
  now.kept = plain(held.kept, null);
  now.against = ["last", "kept"].includes(held.against) ? held.against : "shipped";
  if (now.against === "kept" && !now.kept) now.against = "shipped";
}

const place = () => (history.state && history.state.place) || 0;
let farthest = 0;

// every step is one of the browser's own, so that its back button undoes too
function remember() {
  const link = asLink();
  if (link === (location.hash || "#")) return;
  farthest = place() + 1;
  history.pushState({ place: farthest }, "", link);
  steps();
}

function steps() {
  document.getElementById("undo").disabled = place() === 0;
  document.getElementById("redo").disabled = place() >= farthest;
}

// --- sliders and boxes ------------------------------------------------------------------------------------------

const shownOf = (value) => (value === null || value === undefined ? "" : String(Math.round(value * 1e6) / 1e6));

function choiceOf(knob, changed) {
  const box = element("select", { id: "knob-" + knob.key, "data-knob": knob.key });
  if (knob.value === null) box.append(element("option", { value: "", text: "–" }));
  knob.choices.forEach((choice, i) =>
    box.append(element("option", { value: String(i), text: knob.names[choice][state.language] })),
  );
  box.addEventListener("change", () => changed(box.value === "" ? null : knob.choices[Number(box.value)], true));
  return [box];
}

function numberOf(knob, changed) {
  const range = { min: knob.least, max: knob.most, step: knob.step };
  const label = knob.label[state.language];
  const slider = element("input", { type: "range", id: "knob-" + knob.key, "data-knob": knob.key, ...range });
  const box = element("input", {
    type: "number",
    "data-number": knob.key,
    step: knob.kind === "whole" ? 1 : "any",
    "aria-label": label,
    placeholder: "–",
  });
  const told = (input, done) => {
    if (input.value === "") return changed(null, done);
    const value = Number(input.value);
    if (Number.isFinite(value)) changed(knob.kind === "whole" ? Math.round(value) : value, done);
  };
  slider.addEventListener("input", () => told(slider, false));
  slider.addEventListener("change", () => told(slider, true));
  box.addEventListener("change", () => told(box, true));
  return [slider, box];
}

function knobs(onChange) {
  const byGroup = new Map();
  for (const knob of data.knobs) byGroup.set(knob.group, [...(byGroup.get(knob.group) || []), knob]);
  const closed = [...document.querySelectorAll("#knobs details:not([open])")].map((each) => each.dataset.group);
  const first = !document.querySelector("#knobs details");
  fill(
    "knobs",
    ...[...byGroup].map(([group, members]) => {
      const made = element(
        "details",
        { "data-group": group },
        element("summary", null, data.groups[state.language][group], " ", element("span", { class: "changed" })),
        ...members.map((knob) => {
          const changed = (value, done) => {
            setValue(knob.key, value);
            takeAlong(knob.key);
            showValues(done ? null : knob.key);
            onChange(done);
          };
          const unit = knob.unit[state.language];
          const label = element("label", {
            for: "knob-" + knob.key,
            text: knob.label[state.language] + (unit ? " (" + unit + ")" : ""),
          });
          const inputs = knob.kind === "choice" ? choiceOf(knob, changed) : numberOf(knob, changed);
          return element("div", { class: "knob", "data-of": knob.key }, label, ...inputs);
        }),
      );
      made.open = first ? ["rule", "areas"].includes(group) : !closed.includes(group);
      return made;
    }),
  );
  showValues(null);
}

// the slider that a hand is on stays as it is
function showValues(except) {
  for (const knob of data.knobs) {
    const value = valueOf(knob.key),
      moved = knob.key in now.settings.values;
    const row = document.querySelector('[data-of="' + knob.key + '"]');
    row.classList.toggle("moved", moved);
    const was = knob.kind === "choice" && knob.value !== null ? knob.names[knob.value][state.language] : shownOf(knob.value);
    row.querySelector("label").dataset.was = moved ? " · " + _("was {value}", { value: was || "–" }) : "";
    if (knob.kind === "choice") {
      row.querySelector("select").value = value === null ? "" : String(knob.choices.indexOf(value));
      continue;
    }
    const slider = row.querySelector("[data-knob]");
    if (knob.key !== except) slider.value = value === null ? knob.least : value;
    slider.setAttribute("aria-valuetext", value === null ? "–" : decimal(value, knob.kind === "whole" ? 0 : 2));
    row.querySelector("[data-number]").value = shownOf(value);
  }
  for (const group of document.querySelectorAll("#knobs details")) {
    const n = group.querySelectorAll(".moved").length;
    group.querySelector(".changed").textContent = n ? "(" + _("{n} changed", { n }) + ")" : "";
  }
}
