// Adds up a form marked [data-sale]: each [data-price] holds a count field. Without it the sum is told after saving.
for (const form of document.querySelectorAll("[data-sale]")) {
  const shown = document.querySelector("[data-sale-sum]");
  const pieces = document.querySelector("[data-sale-count]");
  const show = () => {
    let sum = 0;
    let count = 0;
    for (const tile of form.querySelectorAll("[data-price]")) {
      const number = Math.max(0, Number(tile.querySelector("input").value) || 0);
      sum += number * Number(tile.dataset.price);
      count += number;
    }
    if (shown) shown.textContent = shown.dataset.text.replace("{sum}", sum.toLocaleString("ko-KR"));
    if (pieces) pieces.textContent = pieces.dataset.text.replace("{count}", count);
  };
  form.addEventListener("input", show);
  show();
}
