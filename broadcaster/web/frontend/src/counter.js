// How many letters are left in a field: <p data-counter="id" data-left="# letters left">. Said near the end only.
function tell(counter) {
  const field = document.getElementById(counter.dataset.counter);
  const left = field.maxLength - field.value.length;
  const near = left <= Math.max(20, field.maxLength / 10);
  counter.textContent = near ? counter.dataset.left.replace("#", left) : "";
}

document.addEventListener("input", (event) => {
  const counter = document.querySelector(`[data-counter="${CSS.escape(event.target.id || "-")}"]`);
  if (counter) tell(counter);
});
