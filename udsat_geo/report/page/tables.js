// Tables that sort by their headings, with rows that choose an area.
function sorted(rows, column, falling) {
  const compare = new Intl.Collator(locales[state.language], { numeric: true }).compare;
  const missing = (value) => value === null || value === undefined || value === "";
  return rows
    .map((row, place) => ({ row, place, value: column.value(row) }))
    .sort((one, other) => {
      if (missing(one.value) || missing(other.value)) {
        return missing(one.value) - missing(other.value) || one.place - other.place;
      }
      const order =
        typeof one.value === "number" && typeof other.value === "number"
          ? one.value - other.value
          : compare(String(one.value), String(other.value));
      return (falling ? -order : order) || one.place - other.place;
    })
    .map((each) => each.row);
}

function cellOf(column, row, settings) {
  const content = column.cell ? column.cell(row) : column.value(row);
  const shown = content === null || content === undefined || content === "" ? "–" : content;
  const tag = column.head ? "th" : "td";
  const cell = element(tag, { class: column.number ? "number" : null, scope: column.head ? "row" : null });
  const id = column.head && settings.chooses ? settings.chooses(row) : null;
  if (id === null) {
    cell.append(shown);
    return cell;
  }
  cell.append(element("button", { type: "button", "data-area": id, "aria-pressed": "false" }, shown));
  if (column.minor && column.minor(row))
    cell.append(element("span", { class: "minor", dir: "auto", text: shortened(column.minor(row), LONGEST_NAME) }));
  return cell;
}

function rowOf(row, settings) {
  const made = element("tr", null, ...settings.columns.map((column) => cellOf(column, row, settings)));
  const id = settings.chooses ? settings.chooses(row) : null;
  if (id !== null) {
    made.classList.add("selectable");
    made.dataset.row = id;
    made.addEventListener("click", () => choose({ kind: "area", id }, true));
  }
  return made;
}

function heading(column, settings, redraw) {
  const title = column.title;
  const made = element("th", { scope: "col", class: column.number ? "number" : null });
  if (settings.fixed) {
    made.append(title);
    return made;
  }
  made.append(
    element(
      "button",
      { type: "button", title: data.help[state.language][column.key], on: { click: () => redraw(column) } },
      title,
      "\u00a0",
      element("span", { class: "arrow", "aria-hidden": "true" }),
    ),
  );
  return made;
}

// settings: id, caption, columns (key, title, value, cell, number, head, minor), rows, chooses, fixed
function table(settings) {
  const content = element("tbody");
  const heads = new Map();
  const draw = () => {
    const by = state.sorted[settings.id];
    const column = by && settings.columns.find((each) => each.key === by.key);
    const rows = column ? sorted(settings.rows, column, by.falling) : settings.rows;
    content.replaceChildren(...rows.map((row) => rowOf(row, settings)));
    for (const [key, head] of heads) {
      if (settings.fixed) continue;
      const direction = !column || key !== by.key ? "none" : by.falling ? "descending" : "ascending";
      head.setAttribute("aria-sort", direction);
      head.querySelector(".arrow").textContent = { none: "↕", ascending: "▲", descending: "▼" }[direction];
    }
    markRows();
  };
  const redraw = (column) => {
    const by = state.sorted[settings.id];
    // figures begin with the largest
    const falling = by && by.key === column.key ? !by.falling : Boolean(column.number) && column.key !== "number";
    state.sorted[settings.id] = { key: column.key, falling };
    draw();
    const plain = column.plain || (typeof column.title === "string" ? column.title : column.title.textContent);
    say(_("Sorted by {column}, {direction}.", { column: plain, direction: _(falling ? N_("falling") : N_("rising")) }));
  };
  for (const column of settings.columns) heads.set(column.key, heading(column, settings, redraw));
  const made = element(
    "table",
    { id: settings.id },
    element("caption", null, element("span", { text: settings.caption })),
    element("thead", null, element("tr", null, ...heads.values())),
    content,
  );
  draw();
  // what can scroll can be reached by keyboard
  const frame = element(
    "div",
    { class: "scroll", tabindex: "0", role: "group", "aria-label": settings.name || settings.caption },
    made,
  );
  const hint = element("p", { class: "hint sideways", text: _("The table goes on to the side: scroll it.") });
  hint.hidden = true;
  watchWidth.observe(frame);
  hints.set(frame, hint);
  return element("div", { class: "table" }, hint, frame, csvButton(settings));
}

const hints = new WeakMap();
const watchWidth = new ResizeObserver((entries) => {
  for (const { target } of entries) hints.get(target).hidden = target.scrollWidth <= target.clientWidth + 1;
});

function markRows() {
  const id = state.chosen && state.chosen.kind === "area" ? state.chosen.id : null;
  for (const row of document.querySelectorAll("tr[data-row]")) row.classList.toggle("chosen", row.dataset.row === id);
  for (const button of document.querySelectorAll("button[data-area]")) {
    button.setAttribute("aria-pressed", String(button.dataset.area === id));
  }
}
