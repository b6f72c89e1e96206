// The ticket page's comforts: opens at what is new, keeps an eye on who else is here, takes dropped and pasted files.
// Every form and link of the page works without this file.
(() => {
  "use strict";
  const page = document.querySelector("[data-ticket]");
  if (!page) return;
  const $ = (selector, from = document) => from.querySelector(selector);
  const $$ = (selector, from = document) => [...from.querySelectorAll(selector)];

  // What is said softly: heard by a screen reader, seen for a moment. ---------------------------------------------------
  let fading = 0;
  function say(text) {
    const live = $("[data-ticket-live]"), seen = $("[data-ticket-said]");
    live.textContent = "";
    setTimeout(() => { live.textContent = text; }, 60);
    if (!seen) return;
    seen.textContent = text;
    seen.classList.add("is-shown");
    clearTimeout(fading);
    fading = setTimeout(() => seen.classList.remove("is-shown"), 3500);
  }
  document.addEventListener("ticket:said", (event) => say(event.detail.text ?? event.detail.value));

  // The page opens at the first unread entry, else at the newest. --------------------------------------------------------
  function begin() {
    if (location.hash || document.activeElement?.closest?.(".held, .alert-box")) return;
    if ("before" in Object.fromEntries(new URLSearchParams(location.search))) return;
    const unread = document.getElementById("unread");
    if (unread) unread.scrollIntoView({ block: "start" });
    else if ($("#timeline > li.entry")) scrollTo({ top: document.documentElement.scrollHeight });
  }

  // A tab of the phone begins where one expects it: details at their top, the thread where it was left off.
  let left = 0;
  document.addEventListener("change", (event) => {
    if (event.target.name !== "pane") return;
    if (event.target.value === "thread") scrollTo({ top: left });
    else scrollTo({ top: 0 });
  });
  addEventListener("scroll", () => { if ($("#pane-thread").checked) left = scrollY; }, { passive: true });

  // Who else is here, and what has come: asked while the page is looked at. ----------------------------------------------
  const look = () => { const here = $("[data-look]"); if (here && !document.hidden && window.htmx) window.htmx.trigger(here, "ticket:look"); };
  setInterval(look, 15000);
  document.addEventListener("visibilitychange", look);
  const nearEnd = () => innerHeight + scrollY > document.documentElement.scrollHeight - 160;
  let stay = false;
  document.addEventListener("htmx:beforeSwap", () => { stay = nearEnd(); });
  document.addEventListener("htmx:afterSettle", () => {
    // Two answers may bring the same entry: the one that stands keeps its place.
    const known = new Set();
    for (const entry of $$("#timeline > li[id]")) { if (known.has(entry.id)) entry.remove(); else known.add(entry.id); }
    if (known.size) $(".timeline-empty")?.remove();
    const news = $("[data-news]");
    if (news) { say(news.textContent.trim()); news.remove(); }
    const asked = $("[data-focus-me]");
    if (asked) { asked.removeAttribute("data-focus-me"); asked.focus(); }
    const sent = $("[data-just-sent]");
    if (sent) { sent.removeAttribute("data-just-sent"); $("textarea", sent).focus({ preventScroll: true }); stay = true; }
    if (stay) { scrollTo({ top: document.documentElement.scrollHeight }); stay = false; }
  });

  // A look round that fails is tried again by itself and is no news; a draft that could not be kept says so in its place.
  for (const name of ["htmx:sendError", "htmx:responseError"]) addEventListener(name, (event) => {
    const asker = event.detail.elt;
    if (asker?.matches?.("[data-look]")) event.stopImmediatePropagation();
    if (!asker?.matches?.("[data-write]")) return;
    event.stopImmediatePropagation();
    $("#draft-state").textContent = page.dataset.draftLost;
  }, true);

  // Showing earlier entries must not move what one reads. ----------------------------------------------------------------
  let depth = 0;
  document.addEventListener("click", (event) => { if (event.target.closest("[data-earlier]")) depth = document.documentElement.scrollHeight - scrollY; });
  document.addEventListener("htmx:afterSettle", () => { if (depth) { scrollTo({ top: document.documentElement.scrollHeight - depth }); depth = 0; const next = $("[data-earlier]"); if (next) next.focus({ preventScroll: true }); } });

  // One-line boxes that grow: Enter saves, Escape takes back. -------------------------------------------------------------
  document.addEventListener("keydown", (event) => {
    const box = event.target.closest?.("[data-one-line]");
    if (!box) return;
    if (event.key === "Enter") { event.preventDefault(); box.blur(); }
    if (event.key === "Escape") { box.value = box.defaultValue; box.blur(); }
  });

  // Tags are saved when their list closes: several are chosen in one go. --------------------------------------------------
  document.addEventListener("change", (event) => { const form = event.target.closest("[data-tags]"); if (form) form.dataset.touched = "1"; });
  document.addEventListener("toggle", (event) => {
    const form = event.target.closest?.("[data-tags]");
    if (form?.dataset.touched && !event.target.open) { delete form.dataset.touched; window.htmx.trigger(form, "ticket:picked"); }
  }, true);

  // The composer: choosing a kind goes on to the text; files by dropping and pasting. --------------------------------------
  document.addEventListener("click", (event) => {
    const kind = event.target.closest?.(".composer-kinds input");
    if (kind && event.detail !== 0 || kind && event.isTrusted === false) $("#composer-text")?.focus();
  });
  const icon = (name) => {
    const ns = "http://www.w3.org/2000/svg", svg = document.createElementNS(ns, "svg"), use = document.createElementNS(ns, "use");
    svg.setAttribute("class", "icon"); svg.setAttribute("aria-hidden", "true");
    use.setAttribute("href", `${$("svg.icon use").getAttribute("href").split("#")[0]}#${name}`);
    svg.append(use);
    return svg;
  };
  function list(input) {
    const shown = $("[data-file-list]", input.form);
    shown.replaceChildren(...[...input.files].map((file, at) => {
      const row = document.createElement("li"), name = document.createElement("span"), off = document.createElement("button");
      row.className = "chip"; name.textContent = file.name;
      off.type = "button"; off.className = "chip-x"; off.setAttribute("aria-label", `× ${file.name}`); off.append(icon("x"));
      off.addEventListener("click", () => { keep(input, [...input.files].filter((_one, i) => i !== at)); input.focus(); });
      row.append(icon("paperclip"), name, off);
      return row;
    }));
  }
  function keep(input, files) {
    const all = new DataTransfer();
    files.forEach((file) => all.items.add(file));
    input.files = all.files;
    list(input);
  }
  const chosen = new WeakMap();
  document.addEventListener("change", (event) => {
    const input = event.target.closest("[data-files]");
    if (!input) return;
    keep(input, [...(chosen.get(input) || []), ...input.files]);
  });
  document.addEventListener("click", (event) => { const input = event.target.closest?.("[data-files]"); if (input) chosen.set(input, [...input.files]); });
  const add = (files) => { const input = $("[data-composer] [data-files]"); if (input && files.length) keep(input, [...input.files, ...files]); };
  document.addEventListener("paste", (event) => {
    if (event.target.closest?.("[data-composer]") && event.clipboardData.files.length) { event.preventDefault(); add([...event.clipboardData.files]); }
  });
  document.addEventListener("dragover", (event) => {
    if (![...event.dataTransfer.types].includes("Files")) return;
    event.preventDefault();
    $("[data-composer]")?.classList.add("is-over");
  });
  document.addEventListener("dragleave", (event) => { if (!event.relatedTarget) $("[data-composer]")?.classList.remove("is-over"); });
  document.addEventListener("drop", (event) => {
    $("[data-composer]")?.classList.remove("is-over");
    if (!event.dataTransfer.files.length) return;
    event.preventDefault();
    add([...event.dataTransfer.files]);
  });

  // A sheet has an address: `?sheet=refund` opens it, closing takes it away. ----------------------------------------------
  const address = (sheet) => {
    const url = new URL(location.href);
    if (sheet) url.searchParams.set("sheet", sheet); else url.searchParams.delete("sheet");
    history.replaceState(history.state, "", url);
  };
  document.addEventListener("click", (event) => { const link = event.target.closest?.("[data-sheet-name]"); if (link) address(link.dataset.sheetName); });
  $("#sheet")?.addEventListener("close", () => address(""));

  const start = () => {
    begin();
    look();
    const wanted = page.dataset.openSheet && document.getElementById(page.dataset.openSheet);
    if (wanted) wanted.click();
  };
  if (document.readyState === "complete") start(); else addEventListener("load", start);
})();
