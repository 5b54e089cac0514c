// The summary of a form's mistakes takes the focus, so that a screen reader begins there.
function focusSummary(root) {
  const summary = root.querySelector("[data-summary]");
  if (summary) summary.focus();
}

document.addEventListener("DOMContentLoaded", () => focusSummary(document));
document.addEventListener("htmx:afterSwap", (event) => focusSummary(event.target));
