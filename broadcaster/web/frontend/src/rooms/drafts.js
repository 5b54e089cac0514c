// What was written and not saved comes back after a reload: <form data-draft="its name">. It stays in this
// browser until a page says that it was saved (data-draft-saved), or the writer drops it.
const FOLDER = "draft:";
const WAIT_MS = 300;

function read(key) {
  try {
    return JSON.parse(localStorage.getItem(FOLDER + key) || "null");
  } catch {
    return null;
  }
}

function keep(key, draft) {
  try {
    localStorage.setItem(FOLDER + key, JSON.stringify(draft));
  } catch {
    // the browser keeps nothing: the form works as ever
  }
}

function drop(key) {
  try {
    localStorage.removeItem(FOLDER + key);
  } catch {
    // as above
  }
}

const controls = (form) =>
  [...form.elements].filter(
    (one) => one.name && !["csrf_token", "draft", "undecided"].includes(one.name) && !["file", "submit", "button", "radio"].includes(one.type),
  );

function values(form) {
  return Object.fromEntries(controls(form).map((one) => [one.name, one.type === "checkbox" ? one.checked : one.value]));
}

function put(form, fields) {
  for (const one of controls(form)) {
    if (!(one.name in fields)) continue;
    if (one.type === "checkbox") one.checked = fields[one.name];
    else one.value = fields[one.name];
  }
}

function watch(form) {
  const key = form.dataset.draft;
  const notice = form.querySelector("[data-draft-notice]");
  const mark = form.querySelector("[data-draft-mark]");
  const before = read(key);
  const shown = values(form);
  mark.value = (before && before.mark) || `${key}:${Date.now()}:${Math.random().toString(36).slice(2)}`;

  if (before && !("draftFresh" in form.dataset)) {
    const differs = Object.entries(before.fields).some(([name, value]) => name !== "base" && shown[name] !== value);
    if (differs) bringBack(form, before.fields, notice);
  }

  let waiting = 0;
  form.addEventListener("input", () => {
    clearTimeout(waiting);
    delete form.dataset.draftKept;
    waiting = setTimeout(() => {
      keep(key, { mark: mark.value, fields: values(form) });
      form.dataset.draftKept = "";
    }, WAIT_MS);
  });
  form.addEventListener("submit", () => {
    clearTimeout(waiting);
    keep(key, { mark: mark.value, fields: values(form) });
  });
  notice.querySelector("[data-draft-drop]").addEventListener("click", () => {
    drop(key);
    window.location.reload();
  });
}

// Another kind has other fields: they are fetched first, then filled.
function bringBack(form, fields, notice) {
  const kind = form.elements.kind;
  const other = kind && fields.kind && kind.value !== fields.kind;
  put(form, fields);
  if (other) {
    form.addEventListener("htmx:afterSettle", () => put(form, fields), { once: true });
    kind.dispatchEvent(new Event("change", { bubbles: true }));
  }
  notice.hidden = false;
}

// What the page says was saved needs to be kept no longer.
export function forgetSaved(page) {
  page.querySelectorAll("[data-draft-saved]").forEach((one) => drop(one.dataset.draftSaved.split(":")[0]));
}

export function watchForms(part) {
  part.querySelectorAll("form[data-draft]").forEach(watch);
}

// After htmx is ready, which fetches the fields of another kind.
document.addEventListener("DOMContentLoaded", () => {
  forgetSaved(document);
  watchForms(document);
});

// Tags: the browser proposes for the word after the last comma.
document.querySelectorAll("input[data-tags]").forEach((field) => {
  const list = field.list;
  if (!list) return;
  const known = [...list.options].map((one) => one.value);
  field.addEventListener("input", () => {
    const comma = field.value.lastIndexOf(",");
    const begin = comma < 0 ? "" : `${field.value.slice(0, comma + 1)} `;
    list.replaceChildren(...known.map((tag) => new Option("", begin + tag)));
  });
});
