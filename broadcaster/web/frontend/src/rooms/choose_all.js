// One box for all rows of a list: <input type="checkbox" data-choose-all="name of the rows' boxes">.
document.addEventListener("change", ({ target }) => {
  const form = target.form;
  if (!form || target.type !== "checkbox") return;
  const all = form.querySelector("[data-choose-all]");
  if (!all) return;
  const boxes = [...form.querySelectorAll(`input[name="${all.dataset.chooseAll}"]`)];
  if (target === all) {
    for (const box of boxes) box.checked = all.checked;
  }
  const chosen = boxes.filter((box) => box.checked).length;
  all.checked = chosen === boxes.length;
  all.indeterminate = chosen > 0 && chosen < boxes.length;
});
