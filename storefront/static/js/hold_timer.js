// Counts down to [data-until] (ISO time, UTC) inside the element's [data-left]; speaks at 5 and 1 minutes and at the end.
// data-text: "{m}분 {s}초"; data-spoken: "{m}분 남았습니다"; data-over: what to say when it is over.
const SPEAK_AT = [300, 60];

for (const box of document.querySelectorAll("[data-until]")) {
  const until = Date.parse(box.dataset.until);
  const left = box.querySelector("[data-left]") ?? box;
  const voice = box.querySelector("[role=status]");
  let spoken = Infinity;

  const show = () => {
    const seconds = Math.max(0, Math.round((until - Date.now()) / 1000));
    const minutes = Math.floor(seconds / 60);
    left.textContent = (box.dataset.text ?? "{m}:{s}").replace("{m}", minutes).replace("{s}", String(seconds % 60).padStart(2, "0"));
    for (const mark of SPEAK_AT) {
      if (seconds <= mark && spoken > mark && seconds > 0) {
        spoken = mark;
        if (voice) voice.textContent = (box.dataset.spoken ?? "").replace("{m}", Math.ceil(seconds / 60));
      }
    }
    if (seconds === 0) {
      clearInterval(ticking);
      left.textContent = box.dataset.over ?? "";
      if (voice) voice.textContent = box.dataset.over ?? "";
      box.dispatchEvent(new CustomEvent("hold-over", { bubbles: true }));
    }
  };
  const ticking = setInterval(show, 1000);
  show();
}
