// A GET form marked [data-autosubmit] is sent when one of its selects changes; its button stays for everyone else.
for (const form of document.querySelectorAll("form[data-autosubmit]")) {
  form.addEventListener("change", (event) => {
    if (event.target instanceof HTMLSelectElement) form.requestSubmit();
  });
}
