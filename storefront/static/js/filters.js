// A GET form marked [data-autosubmit] is sent by a change; its button stays, unless it is [data-without-script].
for (const form of document.querySelectorAll("form[data-autosubmit]")) {
  for (const button of form.querySelectorAll("[data-without-script]")) button.hidden = true;
  form.addEventListener("change", () => form.requestSubmit());
}

// A page kept by the browser comes back as its address says.
addEventListener("pageshow", (event) => {
  if (event.persisted) document.querySelectorAll("form[autocomplete=off]").forEach((form) => form.reset());
});
