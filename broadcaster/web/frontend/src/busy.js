// A form is sent once: its button shows that the page is at work until the answer comes.
document.addEventListener("submit", (event) => {
  if (event.defaultPrevented || event.target.method !== "post") return;
  const button = event.submitter;
  if (!button || button.name) return;
  button.setAttribute("aria-busy", "true");
  window.setTimeout(() => {
    button.disabled = true;
  }, 0);
});

window.addEventListener("pageshow", () => {
  for (const button of document.querySelectorAll('button[aria-busy="true"]')) {
    button.disabled = false;
    button.removeAttribute("aria-busy");
  }
});
