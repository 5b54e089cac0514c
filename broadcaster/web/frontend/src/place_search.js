// Finding a village in the tree of places: what does not match, and holds nothing that does, is put away.
const search = document.querySelector("[data-place-search]");

if (search) {
  search.hidden = false;
  const entries = [...document.querySelectorAll(".place-tree li")];
  const fold = (text) => text.normalize("NFKC").toLocaleLowerCase();

  search.querySelector("input").addEventListener("input", (event) => {
    const wanted = fold(event.target.value.trim());
    for (const entry of entries) {
      const chosen = entry.querySelector(":scope input:checked") !== null;
      entry.hidden = wanted !== "" && !chosen && !fold(entry.textContent).includes(wanted);
    }
  });
  search.querySelector("input").addEventListener("change", (event) => event.stopPropagation());
}
