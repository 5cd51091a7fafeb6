// Puts − and + beside a number field marked [data-stepper]; the field itself works alone.
const span = (text, attributes) => Object.assign(document.createElement("span"), { textContent: text, ...attributes });

const button = (sign, name) => {
  const made = document.createElement("button");
  made.type = "button";
  made.append(span(sign, { ariaHidden: "true" }), span(name, { className: "sr-only" }));
  return made;
};

for (const box of document.querySelectorAll("[data-stepper]")) {
  const field = box.querySelector("input");
  if (!field || field.disabled || field.readOnly) continue;
  const less = button("−", box.dataset.less);
  const more = button("+", box.dataset.more);
  const bound = (end, otherwise) => (field[end] === "" ? otherwise : Number(field[end]));

  const show = () => {
    less.disabled = Number(field.value) <= bound("min", 0);
    more.disabled = Number(field.value) >= bound("max", Infinity);
  };
  const move = (by) => {
    const wanted = Number(field.value || 0) + by;
    field.value = Math.min(bound("max", Infinity), Math.max(bound("min", 0), wanted));
    show();
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.dispatchEvent(new Event("change", { bubbles: true }));
    // A button that has just gone dead must not swallow the focus.
    if (document.activeElement?.disabled || document.activeElement === document.body) (by < 0 ? more : less).focus();
  };

  less.addEventListener("click", () => move(-1));
  more.addEventListener("click", () => move(1));
  field.addEventListener("input", show);
  box.prepend(less);
  box.append(more);
  box.classList.add("live");
  show();
}
