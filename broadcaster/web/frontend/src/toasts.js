// What was done, told beside the page: HX-Trigger {"toast": [{words, tone, undo, label, hidden}]}, or
// document.dispatchEvent(new CustomEvent("toast", {detail: {words, tone}})). A fault stays until it is closed.
const STAYS_MS = 8000;

document.addEventListener("toast", (event) => {
  const told = event.detail.value || event.detail;
  for (const one of Array.isArray(told) ? told : [told]) show(one);
});

function show({ words, tone = "done", undo, label, hidden }) {
  const region = document.getElementById("toasts");
  const toast = document.getElementById("toast").content.firstElementChild.cloneNode(true);
  toast.classList.add(tone);
  toast.querySelector(`[data-tone="${tone}"]`)?.removeAttribute("hidden");
  toast.querySelector("[data-words]").textContent = words;
  const form = toast.querySelector("form");
  if (undo) fill(form, undo, label, hidden || {});
  else form.remove();
  toast.querySelector("[data-close]").addEventListener("click", () => away(toast));
  region.append(toast);
  if (tone === "done" && !undo) leaveLater(toast);
}

function fill(form, undo, label, hidden) {
  form.action = undo;
  if (label) form.querySelector("button").textContent = label;
  for (const [name, value] of Object.entries(hidden)) {
    const input = Object.assign(document.createElement("input"), { type: "hidden", name, value });
    form.append(input);
  }
}

// Nobody loses words while reading them: the clock stands still under the pointer and with the focus inside.
function leaveLater(toast) {
  let timer = window.setTimeout(() => away(toast), STAYS_MS);
  const wait = () => window.clearTimeout(timer);
  const goOn = () => {
    wait();
    timer = window.setTimeout(() => away(toast), STAYS_MS);
  };
  toast.addEventListener("pointerenter", wait);
  toast.addEventListener("focusin", wait);
  toast.addEventListener("pointerleave", goOn);
  toast.addEventListener("focusout", goOn);
}

function away(toast) {
  const focused = toast.contains(document.activeElement);
  toast.remove();
  if (focused) document.getElementById("page").focus();
}
