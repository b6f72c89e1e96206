// What makes the pages pleasant: sheet, menus, tips, toasts, keys, board. Everything here is a comfort on top of plain
// links and forms. No framework, no inline script, nothing evaluated: it runs under `default-src 'self'`.
(() => {
  "use strict";
  const root = document.documentElement;
  root.classList.add("js");
  const $ = (selector, from = document) => from.querySelector(selector);
  const $$ = (selector, from = document) => [...from.querySelectorAll(selector)];
  const words = () => $("#toasts")?.dataset || {};
  const typing = (el) => el.closest?.("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]");
  const sprite = () => $("svg.icon use")?.getAttribute("href").split("#")[0] || "";
  const make = (tag, attributes = {}, ...children) => {
    const el = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) el.setAttribute(name, value);
    el.append(...children);
    return el;
  };
  const icon = (name) => {
    const ns = "http://www.w3.org/2000/svg";
    const svg = document.createElementNS(ns, "svg"), use = document.createElementNS(ns, "use");
    svg.setAttribute("class", "icon"); svg.setAttribute("aria-hidden", "true");
    use.setAttribute("href", `${sprite()}#${name}`); svg.append(use);
    return svg;
  };

  // Toasts and the live region. ---------------------------------------------------------------------------------------
  // While the sheet is open all else is inert, so what is said then is said inside it.
  function announce(text) {
    const live = $("dialog#sheet")?.open ? $("[data-live-sheet]") : $("[data-live]");
    if (!live) return;
    live.textContent = "";
    setTimeout(() => { live.textContent = text; }, 50);
  }
  function arm(note) {
    if (note.dataset.armed) return;
    note.dataset.armed = "1";
    const close = make("button", { type: "button", class: "icon-button", "aria-label": words().close || "Close" }, icon("x"));
    close.addEventListener("click", () => note.remove());
    note.append(close);
    // What went wrong stays until it is read; good news leaves by itself, but not from under the pointer or the focus.
    if (note.matches(".is-danger, .is-error, .is-warning")) return;
    const leave = () => (note.matches(":hover, :focus-within") ? setTimeout(leave, 2000) : note.remove());
    setTimeout(leave, 7000);
  }
  function toast(text, kind = "success") {
    const box = $("#toasts");
    if (!box || !text) return;
    const picture = { success: "circle-check", danger: "alert-triangle", warning: "alert-triangle" }[kind] || "info-circle";
    const note = make("div", { class: `toast-note is-${kind}` }, icon(picture), make("span", {}, text));
    box.append(note);
    arm(note);
    raise(box);
    announce(text);
  }
  // A dialog lies in the browser's top layer; as a popover the toasts can be lifted above it.
  function raise(box) {
    if (!box.showPopover) return;
    box.setAttribute("popover", "manual");
    if (box.matches(":popover-open")) box.hidePopover();
    box.showPopover();
  }
  document.addEventListener("toast", (event) => {
    const told = event.detail;
    toast(told.text ?? told.value, told.kind);
  });

  // Secrets and answers of htmx. --------------------------------------------------------------------------------------
  document.addEventListener("htmx:configRequest", (event) => {
    if (event.detail.verb !== "get") event.detail.headers["X-CSRFToken"] = $("meta[name=csrf-token]")?.content || "";
  });
  document.addEventListener("htmx:responseError", (event) => {
    const status = event.detail.xhr.status;
    toast({ 401: words().signedOut, 403: words().forbidden }[status] || words().failed, "danger");
  });
  document.addEventListener("htmx:sendError", () => toast(words().offline, "danger"));
  // A page that asks for a password came in place of a fragment: go there as a whole page.
  document.addEventListener("htmx:beforeSwap", (event) => {
    const { xhr } = event.detail;
    if (xhr.responseText?.trimStart().slice(0, 15).toLowerCase() === "<!doctype html>" && event.detail.target.id === "sheet-body") {
      event.detail.shouldSwap = false;
      if (xhr.responseURL) location.assign(xhr.responseURL);
    }
  });

  // The sheet. --------------------------------------------------------------------------------------------------------
  // A modal <dialog>: the browser keeps the focus inside, Esc closes it, and focus goes back to the opener.
  const sheet = $("dialog#sheet");
  let opener = null;
  function openSheet() {
    if (!sheet.open) {
      sheet.showModal();
      if ($("#toasts")?.children.length) raise($("#toasts"));
    }
    sheet.setAttribute("aria-label", $("h1", sheet)?.textContent || "");
    ($("[data-focus]", sheet) || $("[autofocus]", sheet) || $("h1", sheet) || sheet).focus();
  }
  function closeSheet(force) {
    if (!sheet?.open) return;
    if (!force && changed(sheet) && !confirm(words().leave)) return;
    sheet.close();
  }
  if (sheet) {
    sheet.addEventListener("cancel", (event) => {
      if (changed(sheet) && !confirm(words().leave)) event.preventDefault();
    });
    sheet.addEventListener("close", () => {
      $("#sheet-body").replaceChildren();
      const back = opener?.isConnected ? opener : opener?.id && document.getElementById(opener.id);
      (back || $("#main")).focus();
      opener = null;
    });
    sheet.addEventListener("mousedown", (event) => { if (event.target === sheet && event.offsetX < 0) closeSheet(); });
    document.addEventListener("sheet:close", () => closeSheet(true));
    document.addEventListener("htmx:afterSettle", (event) => {
      const { target, elt } = event.detail;
      if (target?.id === "sheet-body" ? $(".sheet", sheet) : sheet.open && elt?.matches?.(".sheet")) openSheet();
    });
  }
  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-sheet]");
    if (link) opener = link;
    if (event.target.closest("[data-sheet-close]") && sheet?.open) { event.preventDefault(); closeSheet(); }
    if (event.target === sheet) closeSheet(); // the backdrop
  });

  // Menus: <details> that close when one looks elsewhere, with arrow keys inside. ---------------------------------------
  const open = () => $$("details[data-menu][open]");
  document.addEventListener("click", (event) => {
    for (const menu of open()) if (!menu.contains(event.target) || event.target.closest("[data-menu-close], a.menu-item")) menu.open = false;
  });
  document.addEventListener("toggle", (event) => {
    const menu = event.target;
    if (!menu.matches?.("details[data-menu]") || !menu.open) return;
    place(menu);
    if (menu.classList.contains("confirm")) $("button[type=submit]", menu)?.focus();
  }, true);
  // In a table or a sheet that scrolls a list would be cut off, so it is laid over the window instead.
  function place(menu) {
    const list = $(".menu-list", menu), button = $("summary", menu).getBoundingClientRect();
    for (const name of ["position", "top", "bottom", "left", "right", "maxHeight"]) list.style[name] = "";
    const box = list.getBoundingClientRect();
    const up = button.bottom + box.height + 12 > innerHeight && button.top > innerHeight - button.bottom;
    let left = menu.classList.contains("is-end") ? button.right - box.width : button.left;
    left = Math.max(8, Math.min(left, innerWidth - box.width - 8));
    if (menu.closest(".topbar, .rail, .sheet-dialog")) { // these have their own frame (a filter or a transform)
      if (box.right > innerWidth) Object.assign(list.style, { left: "auto", right: "0" });
      if (box.left < 0) Object.assign(list.style, { left: "0", right: "auto" });
      if (up && !menu.closest(".topbar")) Object.assign(list.style, { top: "auto", bottom: "calc(100% + 5px)" });
      return;
    }
    Object.assign(list.style, { position: "fixed", left: `${left}px`, right: "auto" });
    if (up) Object.assign(list.style, { top: "auto", bottom: `${innerHeight - button.top + 5}px`, maxHeight: `${button.top - 16}px` });
    else Object.assign(list.style, { top: `${button.bottom + 5}px`, maxHeight: `${innerHeight - button.bottom - 16}px` });
  }
  const loosen = (event) => { if (!event.target.closest?.(".menu-list")) for (const menu of open()) if (!menu.closest(".topbar, .rail")) menu.open = false; };
  addEventListener("scroll", loosen, { passive: true, capture: true });
  addEventListener("resize", () => open().forEach((menu) => { menu.open = false; }));
  function menuKeys(event) {
    const menu = event.target.closest("details[data-menu]");
    if (!menu) return false;
    if (event.key === "Escape" && menu.open) { menu.open = false; $("summary", menu).focus(); event.preventDefault(); event.stopPropagation(); return true; }
    if (!["ArrowDown", "ArrowUp", "Home", "End"].includes(event.key) || typing(event.target)) return false;
    if (menu.classList.contains("confirm")) return false;
    menu.open = true;
    const items = $$(".menu-item", menu), at = items.indexOf(document.activeElement);
    const next = { ArrowDown: (at + 1) % items.length, ArrowUp: (at <= 0 ? items.length : at) - 1, Home: 0, End: items.length - 1 }[event.key];
    items[next]?.focus();
    event.preventDefault();
    return true;
  }

  // Tips: shown on hover and on focus, left by Esc, and on a phone when the greyed button is pressed. --------------------
  let tip = null, tipOf = null;
  function showTip(el) {
    const text = el.dataset.tip || (el.dataset.tipNarrow && $(".rail").offsetWidth < 100 ? el.dataset.tipNarrow : "");
    if (!text || tipOf === el || el.closest("details[open]") === el.parentElement && el.matches("summary")) return;
    hideTip();
    tipOf = el;
    tip = make("div", { class: "tip", "aria-hidden": "true" }, text);
    (el.closest("dialog") || document.body).append(tip);
    if (tip.showPopover) { tip.setAttribute("popover", "manual"); tip.showPopover(); }
    const to = el.getBoundingClientRect(), box = tip.getBoundingClientRect();
    const beside = el.dataset.tipNarrow !== undefined;
    const above = to.bottom + box.height + 10 > innerHeight;
    tip.style.left = beside ? `${to.right + 10}px` : `${Math.max(8, Math.min(to.left + to.width / 2 - box.width / 2, innerWidth - box.width - 8))}px`;
    tip.style.top = beside ? `${to.top + to.height / 2 - box.height / 2}px` : above ? `${to.top - box.height - 7}px` : `${to.bottom + 7}px`;
  }
  function hideTip() { tip?.remove(); tip = tipOf = null; }
  const tipped = (event) => event.target.closest?.("[data-tip], [data-tip-narrow]");
  document.addEventListener("pointerover", (event) => { const el = tipped(event); if (el) showTip(el); else if (!tipOf?.matches(":focus-visible")) hideTip(); });
  document.addEventListener("focusin", (event) => { const el = tipped(event); if (el?.matches(":focus-visible")) showTip(el); else hideTip(); });
  document.addEventListener("focusout", hideTip);
  document.addEventListener("click", (event) => {
    const off = event.target.closest('[aria-disabled="true"]');
    if (!off) { hideTip(); return; }
    event.preventDefault();
    event.stopImmediatePropagation();
    showTip(off);
    announce(off.dataset.tip || "");
  }, true);

  // Copying. -----------------------------------------------------------------------------------------------------------
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    try { await navigator.clipboard.writeText(button.dataset.copy); } catch {
      const area = make("textarea", { class: "visually-hidden" }); // a page without https has no clipboard
      area.value = button.dataset.copy;
      (button.closest("dialog") || document.body).append(area); area.select(); document.execCommand("copy"); area.remove();
      button.focus();
    }
    toast(`${words().copied}: ${button.dataset.copy}`, "success");
  });

  // Theme and rail: a plain form each, answered at once here and kept by the server. -------------------------------------
  const cookie = (name, value) => { document.cookie = `${name}=${value}; path=/; max-age=31536000; samesite=lax${location.protocol === "https:" ? "; secure" : ""}`; };
  document.addEventListener("submit", (event) => {
    const form = event.target.closest("[data-theme-form]");
    if (!form || !event.submitter) return;
    event.preventDefault();
    const theme = event.submitter.value;
    cookie("theme", theme);
    if (theme === "auto") delete root.dataset.bsTheme; else root.dataset.bsTheme = theme;
    $("meta[name=color-scheme]").content = theme === "auto" ? "light dark" : theme;
    for (const button of $$("[data-theme-form] button")) button.toggleAttribute("aria-current", button.value === theme);
    form.closest("details")?.removeAttribute("open");
  });
  const rail = $("#rail");
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-rail-fold]")) {
      const to = rail.offsetWidth > 100 ? "narrow" : "wide";
      root.dataset.rail = to; cookie("rail", to);
    } else if (event.target.closest("[data-rail-open]")) { event.preventDefault(); drawer(true); }
    else if (rail?.classList.contains("is-open") && (event.target.closest("[data-rail-close]") || !rail.contains(event.target))) { event.preventDefault(); drawer(false); }
  });
  function drawer(shown) {
    rail.classList.toggle("is-open", shown);
    const page = $(".shell-page");
    if (page) page.inert = shown;
    ($(shown ? "a, button" : "[data-rail-open]", shown ? rail : document))?.focus();
  }

  // Keys: `/`, `?`, and whatever an element carries in data-key ("r", "g t"). ---------------------------------------------
  let before = "", beforeAt = 0;
  document.addEventListener("keydown", (event) => {
    if (menuKeys(event)) return;
    if (event.key === "Escape") {
      if (tip) hideTip();
      if (rail?.classList.contains("is-open")) drawer(false);
      return;
    }
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      const form = event.target.closest?.("form");
      if (form && (form.matches("[data-send]") || $("[data-send]", form))) { event.preventDefault(); form.requestSubmit($("button[type=submit].is-primary", form) || undefined); }
      return;
    }
    if (event.ctrlKey || event.metaKey || typing(event.target)) return;
    if (event.altKey) { moveByKey(event); return; }
    if (event.key === "?") { event.preventDefault(); showKeys(); return; }
    if (sheet?.open || $("#keys")?.open) return;
    if (event.key === "/") { const box = $("[data-key-search]") || $("main input[type=search]"); if (box) { event.preventDefault(); box.focus(); box.select(); } return; }
    if (event.key.length !== 1) return;
    const now = Date.now(), pair = now - beforeAt < 1200 ? `${before} ${event.key}` : "";
    const found = (pair && $(`[data-key="${CSS.escape(pair)}"]`)) || $(`[data-key="${CSS.escape(event.key)}"]`);
    before = event.key; beforeAt = now;
    if (!found || !found.checkVisibility?.()) return;
    event.preventDefault();
    if (found.matches("input, textarea, select")) found.focus(); else { found.focus(); found.click(); }
  });
  function showKeys() {
    const dialog = $("#keys"), list = $("[data-keys-page]");
    if (!dialog || dialog.open) return;
    list.replaceChildren(...$$("[data-key]").filter((el) => el.checkVisibility?.() ?? true).map((el) => make("div", {},
      make("dt", {}, ...el.dataset.key.split(" ").flatMap((k) => [make("kbd", {}, k), " "])),
      make("dd", {}, (el.getAttribute("aria-label") || el.textContent).trim()))));
    dialog.showModal();
  }
  document.addEventListener("click", (event) => { if (event.target.closest("[data-keys-show]")) { open().forEach((m) => { m.open = false; }); showKeys(); } });

  // Forms: asked twice, sent once; a warning before what is written is lost; texts that grow. ------------------------------
  const changed = (from) => $$("form[data-unsaved]", from).some((form) => form.dataset.changed);
  document.addEventListener("input", (event) => {
    const form = event.target.closest("form[data-unsaved]");
    if (form) form.dataset.changed = "1";
    if (event.target.matches("[data-autosize]")) grow(event.target);
  });
  function grow(area) { area.style.height = "auto"; area.style.height = `${area.scrollHeight + 2}px`; }
  addEventListener("beforeunload", (event) => { if (changed(document)) event.preventDefault(); });
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.dataset.confirm && !confirm(form.dataset.confirm)) { event.preventDefault(); return; }
    if (event.defaultPrevented || (form.method === "get" && !form.hasAttribute("hx-post"))) return;
    if (form.dataset.sent) { event.preventDefault(); event.stopImmediatePropagation(); return; }
    delete form.dataset.changed;
    form.dataset.sent = "1";
    event.submitter?.setAttribute("aria-busy", "true");
  }, true);
  function again(form) { if (!form?.dataset) return; delete form.dataset.sent; $$("[aria-busy=true]", form).forEach((b) => b.removeAttribute("aria-busy")); }
  document.addEventListener("htmx:afterRequest", (event) => again(event.detail.elt?.closest?.("form")));
  addEventListener("pageshow", () => $$("form[data-sent]").forEach(again)); // back from the history

  // A select with a great many choices becomes a searchable box (ARIA's combobox). -----------------------------------------
  let lookups = 0;
  function lookup(select) {
    if (select.dataset.ready) return;
    select.dataset.ready = "1";
    const id = `lookup-${++lookups}`, label = $(`label[for="${CSS.escape(select.id)}"]`);
    const box = make("div", { class: "lookup" }), list = make("ul", { class: "lookup-list", id: `${id}-list`, role: "listbox", hidden: "" });
    const input = make("input", { class: "form-control", id, role: "combobox", autocomplete: "off", "aria-expanded": "false", "aria-autocomplete": "list", "aria-controls": `${id}-list`, placeholder: select.dataset.placeholder || "" });
    for (const name of ["aria-describedby", "aria-invalid", "aria-label"]) if (select.hasAttribute(name)) input.setAttribute(name, select.getAttribute(name));
    if (select.disabled) input.disabled = true;
    list.setAttribute("aria-label", label?.textContent.trim() || select.getAttribute("aria-label") || "");
    const shown = () => (select.value ? select.selectedOptions[0]?.textContent.trim() || "" : "");
    input.value = shown();
    if (label) label.htmlFor = id;
    select.hidden = true;
    select.after(box);
    box.append(input, list);
    let timer = 0, asked = 0, at = -1;
    const options = () => $$("[role=option]", list);
    const close = () => { list.hidden = true; input.setAttribute("aria-expanded", "false"); input.removeAttribute("aria-activedescendant"); at = -1; };
    const point = (to) => {
      const all = options();
      if (!all.length) return;
      at = (to + all.length) % all.length;
      all.forEach((o, i) => o.setAttribute("aria-selected", String(i === at)));
      input.setAttribute("aria-activedescendant", all[at].id);
      all[at].scrollIntoView({ block: "nearest" });
    };
    const ask = async (q) => {
      const mine = ++asked, url = new URL(select.dataset.lookup, location.href);
      url.searchParams.set("q", q);
      let html;
      try { const answer = await fetch(url, { headers: { "HX-Request": "true" } }); if (!answer.ok) throw answer; html = await answer.text(); } catch { return; }
      if (mine !== asked || document.activeElement !== input) return;
      list.innerHTML = html;
      options().forEach((o, i) => { o.id = `${id}-${i}`; });
      list.hidden = false;
      input.setAttribute("aria-expanded", "true");
      point(0);
    };
    const pick = (option) => {
      let known = [...select.options].find((o) => o.value === option.dataset.value);
      if (!known) { known = new Option(option.dataset.label, option.dataset.value); select.add(known); }
      select.value = option.dataset.value;
      input.value = option.dataset.label;
      close();
      select.dispatchEvent(new Event("change", { bubbles: true }));
    };
    input.addEventListener("input", (event) => { event.stopPropagation(); clearTimeout(timer); timer = setTimeout(() => ask(input.value), 180); });
    input.addEventListener("change", (event) => event.stopPropagation());
    input.addEventListener("click", () => { if (list.hidden) { input.select(); ask(""); } });
    input.addEventListener("keydown", (event) => {
      if (event.key === "ArrowDown" || event.key === "ArrowUp") { event.preventDefault(); if (list.hidden) ask(""); else point(at + (event.key === "ArrowDown" ? 1 : -1)); }
      else if (event.key === "Enter" && !list.hidden) { event.preventDefault(); if (options()[at]) pick(options()[at]); }
      else if (event.key === "Escape" && !list.hidden) { event.preventDefault(); event.stopPropagation(); close(); }
    });
    list.addEventListener("mousedown", (event) => { event.preventDefault(); const option = event.target.closest("[role=option]"); if (option) pick(option); });
    input.addEventListener("blur", () => {
      close();
      if (!input.value.trim() && select.value) { if (![...select.options].some((o) => o.value === "")) select.add(new Option("", "")); select.value = ""; select.dispatchEvent(new Event("change", { bubbles: true })); }
      else input.value = shown();
    });
  }

  // The board: cards move by dragging (Sortable, where a page loads it) or by Alt and an arrow key. ------------------------
  function moved(card) {
    const column = card.closest("[data-column]");
    const after = card.nextElementSibling?.dataset.keyOf || "";
    announce(`${words().moved} ${column.dataset.label}`);
    const body = new URLSearchParams({ stage: column.dataset.column, before: after });
    return fetch(card.dataset.move, { method: "POST", body, headers: { "X-CSRFToken": $("meta[name=csrf-token]").content, "HX-Request": "true" } })
      .then(async (answer) => {
        if (!answer.ok) throw (await answer.text()).trim();
        for (const one of $$("[data-column]")) { const count = $(".board-head .panel-count", one); if (count && !count.textContent.includes("+")) count.textContent = count.dataset.all ? count.textContent : $$("[data-cards] > *", one).length; }
      });
  }
  async function move(card, home, next) {
    const focused = card.contains(document.activeElement);
    try { await moved(card); } catch (said) {
      home.insertBefore(card, next); // refused: it goes back where it was
      if (focused) $("a", card)?.focus();
      toast(typeof said === "string" && said && said.length < 300 && !said.startsWith("<") ? said : words().failed, "danger");
    }
  }
  function moveByKey(event) {
    const card = event.target.closest?.("[data-move]");
    if (!card || !event.key.startsWith("Arrow")) return;
    const list = card.parentElement, next = card.nextElementSibling;
    const columns = $$("[data-cards]", card.closest("[data-board]")), at = columns.indexOf(list);
    if (event.key === "ArrowRight" && columns[at + 1]) columns[at + 1].prepend(card);
    else if (event.key === "ArrowLeft" && at > 0) columns[at - 1].prepend(card);
    else if (event.key === "ArrowUp" && card.previousElementSibling) list.insertBefore(card, card.previousElementSibling);
    else if (event.key === "ArrowDown" && next) list.insertBefore(next, card);
    else return;
    event.preventDefault();
    $("a", card)?.focus();
    move(card, list, next);
  }
  function board(el) {
    if (!window.Sortable || el.dataset.ready) return;
    el.dataset.ready = "1";
    for (const list of $$("[data-cards]", el)) {
      window.Sortable.create(list, {
        group: "cards", draggable: "[data-move]", ghostClass: "is-ghost", animation: 120, delay: 150, delayOnTouchOnly: true,
        onStart: (event) => { event.item.next = event.item.nextElementSibling; },
        onEnd: (event) => { if (event.from !== event.to || event.oldIndex !== event.newIndex) move(event.item, event.from, event.item.next); },
      });
    }
  }

  // Times that stay true while the page is open. ---------------------------------------------------------------------------
  function tick() {
    const say = new Intl.RelativeTimeFormat(root.lang || "en", { numeric: "auto" });
    for (const el of $$("time.ago")) {
      const s = (new Date(el.dateTime) - Date.now()) / 1000, size = Math.abs(s);
      const [by, unit] = size < 60 ? [1, "second"] : size < 3600 ? [60, "minute"] : size < 86400 ? [3600, "hour"] : size < 2592000 ? [86400, "day"] : size < 31536000 ? [2592000, "month"] : [31536000, "year"];
      el.textContent = size < 45 ? say.format(0, "second") : say.format(Math.round(s / by), unit);
    }
  }
  setInterval(tick, 30000);

  // What every fresh piece of page needs. ----------------------------------------------------------------------------------
  function ready(from) {
    $$("select[data-lookup]", from).forEach(lookup);
    $$("[data-board]", from).forEach(board);
    $$("textarea[data-autosize]", from).forEach(grow);
    if (from !== document) return;
    $$(".toast-note", from).forEach(arm);
    if ($("#toasts")?.children.length) raise($("#toasts"));
    $(".alert-box[data-focus]:not(.gallery-side *)")?.focus(); // a refused form begins at what is wrong
  }
  document.addEventListener("htmx:load", (event) => ready(event.detail.elt === document.body ? document : event.detail.elt.parentElement || event.detail.elt));
  document.addEventListener("htmx:afterSettle", () => tick());
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", () => ready(document)); else ready(document);
})();
