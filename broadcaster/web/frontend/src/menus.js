// Small menus close on Escape, on a click elsewhere, and when the focus leaves them; arrow keys walk in them.
const opened = () => document.querySelectorAll("details[data-menu][open]");

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") {
    for (const menu of opened()) {
      const inside = menu.contains(document.activeElement);
      menu.open = false;
      if (inside) menu.querySelector("summary").focus();
    }
  }
  const menu = event.target.closest("details[data-menu]");
  if (menu && (event.key === "ArrowDown" || event.key === "ArrowUp")) walk(menu, event);
});

function walk(menu, event) {
  if (event.target.matches("input, select, textarea")) return;
  menu.open = true;
  const places = [...menu.querySelectorAll("summary, div a, div button")];
  const step = event.key === "ArrowDown" ? 1 : -1;
  const at = places.indexOf(document.activeElement);
  places[(at + step + places.length) % places.length].focus();
  event.preventDefault();
}

document.addEventListener("click", (event) => {
  for (const menu of opened()) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

document.addEventListener("focusout", (event) => {
  for (const menu of opened()) {
    if (menu.contains(event.target) && event.relatedTarget && !menu.contains(event.relatedTarget)) menu.open = false;
  }
});
