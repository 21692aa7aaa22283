// Words, numbers and small elements. Text from the data reaches the page as textContent, nowhere else.
const data = JSON.parse(document.getElementById("page-data").textContent);
const state = {
  language: data.language,
  year: data.years.length - 1,
  chosen: null,
  layers: { areas: true, units: data.places.kind !== "none", certainty: false, sensitivity: false, changes: false },
  sorted: {},
};
const LONGEST_NAME = 80,
  LONGEST_TEXT = 600,
  LONGEST_WORD = /\S{25}/;
const locales = { da: "da-DK", en: "en-GB" };

// Texts stand in English where they are used, as in the rest of the program; the page brings them in both languages.
const N_ = (text) => text;
const Np_ = (context, text) => context + "\u0004" + text;

function _(text, told) {
  return data.texts[state.language][text].replace(/\{(\w+)\}/g, (whole, name) =>
    told && name in told ? String(told[name]) : whole,
  );
}

function decimal(value, digits) {
  if (value === null || value === undefined) return "–";
  const shown = Object.is(Math.round(value * 10 ** digits), -0) ? 0 : value;
  return new Intl.NumberFormat(locales[state.language], {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
    useGrouping: true,
    // as Python rounds, so that the page and the console tell one figure
    roundingMode: "halfEven",
  })
    .format(shown)
    .replace("-", "−");
}

const whole = (value) => decimal(value, 0);
const yearNow = () => data.years[state.year];
const areaOf = (id, year) => (year || yearNow()).areas.find((area) => area.id === id) || null;

function people(value) {
  return value === null || value === undefined ? _("fewer than {n}", { n: data.fewest }) : whole(value);
}

function rate(value, criterion) {
  if (value === null || value === undefined) return "–";
  if (criterion.share) return decimal(100 * value, 1) + " %";
  return (decimal(value, 1) + " " + criterion.unit).trim();
}

function gap(value, criterion) {
  if (value === null || value === undefined) return "–";
  const shown = decimal(criterion.share ? 100 * value : value, 1);
  const signed = shown.startsWith("−") ? shown : "+" + shown;
  return (signed + " " + (criterion.share ? _("points") : criterion.unit)).trim();
}

function events(text) {
  return text
    ? text
        .split("+")
        .map((event) => data.texts[state.language][event] || event)
        .join(", ")
    : "";
}

function element(tag, settings, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(settings || {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "text") made.textContent = value;
    else if (name === "on") for (const [event, act] of Object.entries(value)) made.addEventListener(event, act);
    else made.setAttribute(name, value === true ? "" : String(value));
  }
  for (const child of children) if (child !== null && child !== undefined) made.append(child);
  return made;
}

function shortened(text, most) {
  const letters = Array.from(text);
  return letters.length > most ? letters.slice(0, most - 1).join("") + "…" : text;
}

// a name of the data: its own direction, cut on the screen, whole on pointing
function named(text) {
  const shown = shortened(text, LONGEST_NAME);
  return element("bdi", {
    class: LONGEST_WORD.test(shown) ? "breaks" : null,
    text: shown,
    title: shown === text ? null : shortened(text, 2000),
  });
}

// a text of the data, cut, with the rest to be opened
function unfolded(text, most, summary, lang) {
  const shown = shortened(text, most);
  const made = element("span", { dir: "auto", lang: lang || null, text: shown });
  if (shown === text) return made;
  const all = element("div", { class: "long", dir: "auto", text });
  return element("span", null, made, element("details", null, element("summary", { text: _(summary) }), all));
}

function say(text) {
  document.getElementById("live").textContent = text;
}

function label(criterion) {
  const other = criterion.lang && criterion.lang !== state.language ? criterion.lang : null;
  return element("span", { lang: other, dir: "auto", text: shortened(criterion.label[state.language], LONGEST_NAME) });
}

function fill(id, ...children) {
  const at = document.getElementById(id);
  at.replaceChildren(...children.filter((child) => child !== null && child !== undefined));
  return at;
}

function body(id, title, ...children) {
  document.getElementById(id + "-title").textContent = title;
  document.querySelector("#" + id + " .body").replaceChildren(...children.filter(Boolean));
}

function composites(breaks, number) {
  const shown = breaks.map((value) => decimal(value, 2));
  if (number === 0) return _("below {to}", { to: shown[0] });
  if (number === breaks.length) return _("{from} and above", { from: shown[number - 1] });
  return _("{from} to {to}", { from: shown[number - 1], to: shown[number] });
}
