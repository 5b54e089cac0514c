// <nav data-tabs> of links to parts of the page becomes tabs: one part at a time, arrow keys, kept in the address.
function become(nav) {
  const heads = [...nav.querySelectorAll("a")];
  const parts = heads.map((head) => document.getElementById(head.hash.slice(1)));
  if (parts.includes(null)) return;
  nav.setAttribute("role", "tablist");
  heads.forEach((head, number) => {
    head.setAttribute("role", "tab");
    head.setAttribute("aria-controls", parts[number].id);
    parts[number].setAttribute("role", "tabpanel");
    parts[number].classList.add("in-tabs");
  });

  const show = (number) => {
    heads.forEach((head, other) => {
      head.setAttribute("aria-selected", String(other === number));
      head.tabIndex = other === number ? 0 : -1;
      parts[other].hidden = other !== number;
    });
  };
  const inAddress = () => {
    const wanted = window.location.hash.slice(1);
    return parts.findIndex((part) => part.id === wanted || (wanted && part.querySelector(`#${CSS.escape(wanted)}`)));
  };
  const choose = (number) => {
    show(number);
    heads[number].focus();
    window.history.replaceState(null, "", heads[number].hash);
  };

  nav.addEventListener("click", (event) => {
    const head = event.target.closest("a");
    if (!head) return;
    event.preventDefault();
    choose(heads.indexOf(head));
  });
  nav.addEventListener("keydown", (event) => {
    const at = heads.indexOf(document.activeElement);
    const wanted = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: heads.length - 1 }[event.key];
    if (wanted === undefined || at < 0) return;
    event.preventDefault();
    choose((wanted + heads.length) % heads.length);
  });
  window.addEventListener("hashchange", () => {
    if (inAddress() >= 0) show(inAddress());
  });
  show(Math.max(inAddress(), 0));
}

document.addEventListener("DOMContentLoaded", () => document.querySelectorAll("[data-tabs]").forEach(become));
