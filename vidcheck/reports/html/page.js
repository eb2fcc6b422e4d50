
"use strict";
(() => {
  const $ = (id) => document.getElementById(id);
  const table = $("matrix");
  const list = $("entries");
  if (!table || !list) return;
  const form = $("filter");
  const search = $("search");
  const rule = $("rule");
  const none = $("none");
  const count = $("count");
  const body = table.tBodies[0];
  const FIXED = 5;
  const OPEN = 4;
  const places = new Map(Array.from(table.tHead.rows[0].cells, (head, at) => [head.dataset.rule, at]));
  const WANTING = ["f", "u", "w", "d"];
  const WEIGHT = "fuwdmsp";
  const VERDICTS = ["ineligible", "review", "eligible"];
  const cards = Array.from(list.children);
  const entries = Array.from(body.rows, (row, at) => ({ row, at, card: cards[at], verdict: row.dataset.v, text: "" }));

  const fold = (text) => text.normalize("NFKC").toLowerCase();
  // The name, the summary and what is shown in full; text of passing rules would match every search.
  const textOf = (entry) => {
    if (!entry.text) {
      const parts = Array.from(entry.card.children, (part) => (part.matches(".k") ? "" : part.textContent));
      entry.text = fold(parts.join("\n"));
    }
    return entry.text;
  };

  const narrow = () => {
    const words = fold(search.value).split(/\s+/).filter(Boolean);
    const wanted = Array.from(form.elements.verdict).filter((box) => box.checked).map((box) => box.value);
    const letter = rule.value.slice(-1);
    const column = rule.value ? places.get(rule.value.slice(0, -1)) : 0;
    let shown = 0;
    for (const entry of entries) {
      const fits = (!wanted.length || wanted.includes(entry.verdict))
        && (!column || entry.row.cells[column].className === letter)
        && words.every((word) => textOf(entry).includes(word));
      if (entry.row.hidden === fits) {
        entry.row.hidden = !fits;
        entry.card.hidden = !fits;
      }
      shown += fits;
    }
    none.hidden = shown > 0;
    count.textContent = count.dataset.words.replace("{shown}", shown.toLocaleString("en"));
  };

  const weightOf = (entry, column) => {
    const cell = entry.row.cells[column];
    if (column === 0) return entry.at;
    if (column === 1) return VERDICTS.indexOf(entry.verdict);
    if (column < FIXED) return cell.dataset.n === undefined ? Infinity : Number(cell.dataset.n);
    return cell.className ? WEIGHT.indexOf(cell.className) : WEIGHT.length;
  };
  const sort = (head, column) => {
    const up = head.getAttribute("aria-sort") !== "ascending";
    for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", up ? "ascending" : "descending");
    const weights = new Map(entries.map((entry) => [entry, weightOf(entry, column)]));
    const order = (a, b) => {
      const [one, other] = [weights.get(a), weights.get(b)];
      if (one === other) return a.at - b.at;
      return (one < other) === up ? -1 : 1;
    };
    entries.sort(order);
    body.append(...entries.map((entry) => entry.row));
    list.append(...entries.map((entry) => entry.card));
  };
  Array.from(table.tHead.rows[0].cells).forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    button.addEventListener("click", () => sort(head, column));
    head.append(button);
  });

  form.hidden = false;
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", narrow);
  form.addEventListener("reset", () => setTimeout(narrow));
  for (const cell of document.querySelectorAll("[data-filter]")) {
    if (!rule.querySelector(`option[value="${cell.dataset.filter}"]`)) continue;
    const button = document.createElement("button");
    button.type = "button";
    button.append(...cell.childNodes);
    button.addEventListener("click", () => {
      form.reset();
      rule.value = cell.dataset.filter;
      narrow();
      $("h-matrix").scrollIntoView();
      rule.focus({ preventScroll: true });
    });
    cell.append(button);
  }
  narrow();
  setTimeout(() => entries.forEach(textOf), 200);

  const doors = document.querySelector(".doors");
  if (doors) {
    doors.hidden = false;
    doors.addEventListener("click", (event) => {
      const door = event.target.closest("button");
      if (door) for (const card of cards) card.open = Boolean(door.dataset.open) && !card.hidden;
    });
  }
  // Ticks are kept under a name that only this report has; where the browser keeps nothing, they last as long as the page.
  const boxes = Array.from(list.querySelectorAll(".k input"));
  const kept = `vidcheck ${document.querySelector("meta[name='vidcheck']").content}`;
  const nameOf = (box) => `${box.closest("details").id}-${box.value}`;
  const left = (entry) => {
    const cell = entry.row.cells[OPEN];
    const own = Array.from(entry.card.querySelectorAll(".k input"));
    if (!own.length) return;
    const rest = own.filter((box) => !box.checked).length;
    cell.dataset.n = rest;
    cell.textContent = `${rest ? "☐" : "☑"} ${rest}`;
  };
  try {
    const ticked = new Set(JSON.parse(localStorage.getItem(kept) || "[]"));
    for (const box of boxes) box.checked = ticked.has(nameOf(box));
  } catch { /* nothing was kept */ }
  entries.forEach(left);
  list.addEventListener("change", (event) => {
    const card = event.target.closest("details");
    left(entries.find((entry) => entry.card === card));
    try {
      localStorage.setItem(kept, JSON.stringify(boxes.filter((box) => box.checked).map(nameOf)));
    } catch { /* the browser keeps nothing */ }
  });

  const reveal = () => {
    const target = location.hash && $(location.hash.slice(1));
    const card = target && target.closest("details");
    if (!card) return;
    card.open = true;
    target.scrollIntoView();
    card.querySelector("summary").focus({ preventScroll: true });
  };
  addEventListener("hashchange", reveal);
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href^='#e']");
    if (link && link.getAttribute("href") === location.hash) reveal();
    const mark = event.target.closest("[data-to]");
    if (mark) location.hash = mark.dataset.to;
  });
  reveal();

  let opened = [];
  addEventListener("beforeprint", () => {
    opened = cards.filter((card) => !card.open && !card.hidden && !card.matches(".quiet"));
    for (const card of opened) card.open = true;
  });
  addEventListener("afterprint", () => {
    for (const card of opened) card.open = false;
    opened = [];
  });
})();
