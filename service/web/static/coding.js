"use strict";
// Adds to a text that is being coded: a passage is chosen with mouse, finger or arrow keys, and each code has a key.
// The keys work where the text has the focus. Without this the characters are typed, and everything else is the same.
(() => {
  const texts = [...document.querySelectorAll(".coded[data-field]")];
  const form = document.getElementById("codes");
  if (!texts.length || !form) return;
  const said = document.getElementById("chosen");
  const field = (name) => form.elements.namedItem(name);
  const points = (text, at) => [...text.slice(0, at)].length;
  const units = (text, at) => [...text].slice(0, at).join("").length;

  // ---------------------------------------------------------------- choosing a passage
  function choose(text, start, end) {
    const whole = text.textContent;
    field("field").value = text.dataset.field;
    field("start").value = points(whole, start);
    field("end").value = points(whole, end);
    said.textContent = `“${whole.slice(start, end)}”`;
  }

  function show(text, start, end) {
    const range = document.createRange();
    range.setStart(...spot(text, start));
    range.setEnd(...spot(text, end));
    getSelection().removeAllRanges();
    getSelection().addRange(range);
    choose(text, start, end);
  }

  function spot(text, at) {
    const walker = document.createTreeWalker(text, NodeFilter.SHOW_TEXT);
    let node = walker.nextNode();
    for (let rest = at; node; node = walker.nextNode()) {
      if (rest <= node.length) return [node, rest];
      rest -= node.length;
    }
    return [text, text.childNodes.length];
  }

  function chosen(text) {
    const selection = getSelection();
    if (!selection.rangeCount || selection.isCollapsed) return null;
    const range = selection.getRangeAt(0);
    if (!text.contains(range.startContainer) || !text.contains(range.endContainer)) return null;
    const before = document.createRange();
    before.setStart(text, 0);
    before.setEnd(range.startContainer, range.startOffset);
    const start = before.toString().length;
    return [start, start + range.toString().length];
  }

  document.addEventListener("selectionchange", () => {
    for (const text of texts) {
      const found = chosen(text);
      if (found) choose(text, ...found);
    }
  });

  // ---------------------------------------------------------------- moving by sentences and words
  function stretches(text, granularity) {
    const found = [...new Intl.Segmenter("da", { granularity }).segment(text.textContent)];
    return found
      .filter((one) => (granularity === "word" ? one.isWordLike : one.segment.trim()))
      .map((one) => [one.index, one.index + one.segment.trimEnd().length]);
  }

  function sentence(text, step) {
    const all = stretches(text, "sentence");
    const now = chosen(text);
    const later = all.filter(([start]) => !now || start > now[0]);
    const earlier = all.filter(([start]) => now && start < now[0]);
    const next = step > 0 ? later[0] : earlier.at(-1);
    if (next) show(text, ...next);
  }

  function moved(places, from, step) {
    return step > 0 ? places.find((one) => one > from) : places.findLast((one) => one < from);
  }

  function end(text, step) {
    const now = chosen(text);
    const place = now && moved(stretches(text, "word").map((one) => one[1]).concat(step > 0 ? text.textContent.length : []), now[1], step);
    if (place !== undefined && place !== null && place > now[0]) show(text, now[0], place);
  }

  function start(text, step) {
    const now = chosen(text);
    const place = now && moved(stretches(text, "word").map((one) => one[0]), now[0], step);
    if (place !== undefined && place !== null && place < now[1]) show(text, place, now[1]);
  }

  const arrows = {
    ArrowRight: (text) => sentence(text, 1),
    ArrowLeft: (text) => sentence(text, -1),
    "Shift+ArrowRight": (text) => end(text, 1),
    "Shift+ArrowLeft": (text) => end(text, -1),
    "Shift+ArrowDown": (text) => start(text, 1),
    "Shift+ArrowUp": (text) => start(text, -1),
  };
  const leading = {
    n: "a[rel=next]",
    p: "a[rel=prev]",
    u: ".toast form button",
  };

  function press(text, key) {
    const code = form.querySelector(`[data-key="${CSS.escape(key)}"]`);
    if (code && !chosen(text)) {
      said.textContent = said.dataset.none;
      return true;
    }
    const found = code || document.querySelector(leading[key] || `[data-key="${CSS.escape(key)}"]`);
    found?.click();
    return Boolean(found);
  }

  for (const text of texts) {
    text.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.altKey || event.metaKey) return;
      const move = arrows[(event.shiftKey ? "Shift+" : "") + event.key];
      if (move) move(text);
      if (move || (!event.shiftKey && !event.repeat && press(text, event.key))) event.preventDefault();
    });
  }

  // ---------------------------------------------------------------- back where one was
  const asked = new URLSearchParams(location.search);
  const [at, from, to] = (asked.get("at") || "").split(".").map(Number);
  const text = texts.find((one) => one.id === `t-${at || 0}`) || texts[0];
  if (asked.has("saved") || asked.has("undone")) {
    text.focus();
    if (to) show(text, units(text.textContent, from), units(text.textContent, to));
  }
  document.querySelectorAll(".with-script").forEach((one) => (one.hidden = false));
})();
