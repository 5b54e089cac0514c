// Ticking "keep all the same" is an answer to the check, not a reason to check again.
document.addEventListener(
  "change",
  (event) => {
    if (event.target.name === "keep") event.stopPropagation();
  },
  true,
);

// The answer to an earlier question may come after the tick, and does not know of it: the tick stays as it is,
// as long as the warnings are the same.
let before = {};

const cautions = (outlook) => ({
  seen: outlook.querySelector("[name=seen]")?.value,
  keep: outlook.querySelector("[name=keep]"),
});

document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.target.id === "outlook") before = cautions(event.target);
});

document.addEventListener("htmx:afterSwap", (event) => {
  if (event.target.id !== "outlook") return;
  const { seen, keep } = cautions(event.target);
  if (seen && seen === before.seen) keep.checked = before.keep.checked;
});
