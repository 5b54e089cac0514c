// What cannot be undone asks first: <form data-confirm="…">, <button data-confirm="…">, hx-confirm="…".
// The words say what will happen; the button that does it carries the words of the one pressed.
const agreed = new WeakSet();

document.addEventListener(
  "submit",
  (event) => {
    const form = event.target;
    const question = (event.submitter && event.submitter.dataset.confirm) || form.dataset.confirm;
    if (!question || agreed.delete(form)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    ask(question, event.submitter, () => {
      agreed.add(form);
      form.requestSubmit(event.submitter);
    });
  },
  true,
);

document.addEventListener("htmx:confirm", (event) => {
  if (!event.detail.question) return;
  event.preventDefault();
  ask(event.detail.question, event.detail.elt, () => event.detail.issueRequest(true));
});

function ask(question, asker, agree) {
  const dialog = document.getElementById("ask-first");
  const yes = dialog.querySelector("[data-yes]");
  dialog.querySelector("[data-question]").textContent = question;
  yes.textContent = (asker && asker.textContent.trim()) || yes.dataset.words;
  yes.className = `button ${asker && asker.classList.contains("danger") ? "danger" : "primary"}`;
  dialog.returnValue = "no";
  dialog.onclose = () => {
    if (asker && asker.isConnected) asker.focus();
    if (dialog.returnValue === "yes") agree();
  };
  dialog.showModal();
}
