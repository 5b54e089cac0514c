// Dialogs of the page: <a href="#id" data-dialog> opens <dialog id>; Escape, Close and a press beside it shut it.
// The browser keeps the focus inside and gives it back; without this script the link leads to the dialog.
document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-dialog]");
  if (opener) {
    const dialog = document.querySelector(opener.getAttribute("href"));
    if (!dialog || !dialog.showModal) return;
    event.preventDefault();
    dialog.showModal();
    const first = dialog.querySelector("[autofocus], input:not([type=hidden]), select, textarea");
    if (first) first.focus();
    return;
  }
  const closer = event.target.closest("[data-dialog-close]");
  if (closer) {
    event.preventDefault();
    closer.closest("dialog").close();
    if (window.location.hash) window.history.replaceState(null, "", window.location.pathname + window.location.search);
  }
  if (event.target.matches("dialog[open]") && beside(event.target, event)) event.target.close();
});

// An opener is a link: the space bar works on it as on a button.
document.addEventListener("keydown", (event) => {
  if (event.key !== " " || !event.target.matches("[data-dialog], [data-dialog-close]")) return;
  event.preventDefault();
  event.target.click();
});

function beside(dialog, event) {
  const box = dialog.getBoundingClientRect();
  const inside = event.clientX >= box.left && event.clientX <= box.right;
  return event.detail > 0 && !(inside && event.clientY >= box.top && event.clientY <= box.bottom);
}
