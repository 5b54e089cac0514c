// An address that names something folded away opens it: #shape-SlotAnswer, #get-api-v1-slots.
function unfold() {
  const wanted = window.location.hash && document.getElementById(decodeURIComponent(window.location.hash.slice(1)));
  for (let above = wanted; above; above = above.parentElement) if (above.matches("details")) above.open = true;
  if (wanted && wanted.matches("details")) wanted.scrollIntoView();
}

window.addEventListener("hashchange", unfold);
document.addEventListener("DOMContentLoaded", unfold);
