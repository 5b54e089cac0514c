import { forgetSaved, watchForms } from "./drafts.js";

// Uploads show how far they are: <form data-upload>. Without script the form is sent as ever.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("form[data-upload]") || event.defaultPrevented) return;
  const shown = form.querySelector("[data-upload-progress]");
  if (!shown) return;
  event.preventDefault();
  send(form, shown, event.submitter);
});

function send(form, shown, button) {
  const bar = shown.querySelector("progress");
  const words = shown.querySelector("[data-upload-words]");
  const request = new XMLHttpRequest();
  shown.hidden = false;
  words.textContent = words.dataset.sending;
  if (button) button.disabled = true;

  request.upload.addEventListener("progress", (step) => {
    if (step.lengthComputable) bar.value = step.loaded / step.total;
  });
  request.upload.addEventListener("load", () => {
    words.textContent = words.dataset.sent;
  });
  request.addEventListener("error", () => {
    words.textContent = words.dataset.broken;
    if (button) button.disabled = false;
  });
  request.addEventListener("load", () => {
    const answer = new DOMParser().parseFromString(request.responseText, "text/html");
    if (request.status < 300) {
      forgetSaved(answer);
      window.location.assign(request.responseURL);
    } else {
      showAnswer(answer.querySelector("main"));
    }
  });
  request.open("POST", form.action);
  request.send(new FormData(form));
}

// A refused form comes back as a page: its main part takes the place of ours, its summary the focus.
function showAnswer(answer) {
  if (!answer) {
    window.location.reload();
    return;
  }
  document.querySelector("main").replaceWith(answer);
  watchForms(answer);
  const summary = answer.querySelector("[data-summary]");
  (summary || answer).focus();
}
