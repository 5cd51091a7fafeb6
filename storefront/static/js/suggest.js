// A search form marked [data-suggest=address]: suggestions under its field while one types (ARIA's combobox with a
// listbox). The answers are pieces of HTML; without them the form stays what it is.
const PAUSE = 140; // ms without a key
const KEPT = 40;

for (const form of document.querySelectorAll("form[data-suggest]")) {
  const field = form.querySelector("input[type=search]");
  const said = form.querySelector("[data-said]");
  const kept = new Map();
  let list = null;
  let active = -1;
  let timer = 0;
  let asking = null;

  const options = () => (list ? [...list.children] : []);
  const isOpen = () => field.getAttribute("aria-expanded") === "true";

  const mark = (place) => {
    active = place;
    options().forEach((option, at) => option.setAttribute("aria-selected", String(at === place)));
    const chosen = options()[place];
    if (chosen) field.setAttribute("aria-activedescendant", chosen.id);
    else field.removeAttribute("aria-activedescendant");
    chosen?.scrollIntoView({ block: "nearest" });
  };

  const close = () => {
    clearTimeout(timer);
    asking?.abort();
    field.setAttribute("aria-expanded", "false");
    said.textContent = "";
    if (list) list.hidden = true;
    mark(-1);
  };

  const open = () => {
    const any = options().length > 0;
    if (list) list.hidden = !any;
    field.setAttribute("aria-expanded", String(any));
    mark(-1);
  };

  const show = (html) => {
    const made = new DOMParser().parseFromString(html, "text/html").querySelector("[role=listbox]");
    if (!made || document.activeElement !== field) return;
    list?.remove();
    list = made;
    form.append(list);
    said.textContent = list.dataset.said;
    open();
  };

  const ask = async () => {
    const words = field.value.trim();
    asking?.abort();
    if (!words) return close();
    if (kept.has(words)) return show(kept.get(words));
    asking = new AbortController();
    try {
      const answer = await fetch(`${form.dataset.suggest}?q=${encodeURIComponent(words)}`, { signal: asking.signal });
      if (!answer.ok) return close();
      const html = await answer.text();
      kept.set(words, html);
      if (kept.size > KEPT) kept.delete(kept.keys().next().value);
      show(html);
    } catch {
      // No line, or the next letter came: the field is still a field.
    }
  };

  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(ask, PAUSE);
  };

  // For who comes back.
  const keepWords = () => history.replaceState({ typed: field.value }, "");

  const take = (option) => {
    close();
    if (option.dataset.url) {
      keepWords();
      location.assign(option.dataset.url);
      return;
    }
    field.value = option.dataset.text;
    form.requestSubmit();
  };

  const keys = {
    ArrowDown: () => (isOpen() ? mark((active + 1) % options().length) : options().length ? open() : soon()),
    ArrowUp: () => isOpen() && mark((active <= 0 ? options().length : active) - 1),
    Enter: (event) => (active >= 0 ? take(options()[active]) : (close(), event.allow = true)),
    Escape: (event) => (isOpen() ? close() : (event.allow = true)),
    Tab: (event) => (close(), (event.allow = true)),
  };

  field.value ||= history.state?.typed ?? "";
  field.autocomplete = "off";
  field.setAttribute("role", "combobox");
  field.setAttribute("aria-autocomplete", "list");
  field.setAttribute("aria-controls", "suggestions");
  field.setAttribute("aria-expanded", "false");

  // A syllable of Hangul is being put together for as long as one types: its letters are asked about, but the keys
  // that end it (Enter, the arrows) belong to the keyboard and must not choose anything.
  field.addEventListener("input", soon);
  field.addEventListener("compositionend", soon);
  field.addEventListener("keydown", (event) => {
    if (event.isComposing || event.keyCode === 229 || !keys[event.key]) return;
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    keys[event.key](event);
    if (!event.allow) event.preventDefault();
  });
  field.addEventListener("blur", close);
  form.addEventListener("submit", close);
  form.addEventListener("submit", keepWords);
  form.addEventListener("pointerdown", (event) => {
    if (event.target.closest("[role=option]")) event.preventDefault(); // the field keeps the focus
  });
  form.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) take(option);
  });
}
