// Keeps the word in [data-online] true: connected or not.
for (const box of document.querySelectorAll("[data-online]")) {
  const word = box.querySelector("[data-online-word]");
  const show = () => {
    box.classList.toggle("off", !navigator.onLine);
    word.textContent = navigator.onLine ? box.dataset.textOn : box.dataset.textOff;
  };
  addEventListener("online", show);
  addEventListener("offline", show);
  show();
}
