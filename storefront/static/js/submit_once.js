// A form sends once, however often its button is tapped. Only POST forms; coming back to the page frees them.
const sent = new Set();

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || event.defaultPrevented) return;
  if (sent.has(form)) {
    event.preventDefault();
    return;
  }
  sent.add(form);
  // Not disabled: a disabled button would drop its own name and value from the form.
  event.submitter?.setAttribute("aria-disabled", "true");
});

addEventListener("pageshow", () => {
  sent.clear();
  for (const button of document.querySelectorAll("button[aria-disabled=true]")) button.removeAttribute("aria-disabled");
});
