// Changing the language or the appearance loads the page anew: what was typed into its forms is carried over.
// It stays in this tab, passwords and files are never kept, and it is forgotten once it is back.
const KEY = "typed-words";
const SECRET = 'input[type="password"], input[type="file"], input[type="hidden"], [data-not-kept]';

function fields() {
  const forms = [...document.querySelectorAll("form:not([data-preference])")];
  return forms.flatMap((form, number) =>
    [...form.elements].filter((field) => field.name && !field.matches(SECRET) && field.type !== "submit").map((field, at) => [`${number}/${at}/${field.name}/${field.type}`, field]),
  );
}

function changed(field) {
  if (field.type === "checkbox" || field.type === "radio") return field.checked !== field.defaultChecked;
  if (field.options) return [...field.options].some((option) => option.selected !== option.defaultSelected);
  return field.value !== field.defaultValue;
}

function value(field) {
  if (field.type === "checkbox" || field.type === "radio") return field.checked;
  return field.multiple ? [...field.selectedOptions].map((option) => option.value) : field.value;
}

function put(field, kept) {
  if (typeof kept === "boolean") field.checked = kept;
  else if (Array.isArray(kept)) for (const option of field.options) option.selected = kept.includes(option.value);
  else field.value = kept;
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

document.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-preference]")) return;
  const typed = fields().filter(([, field]) => changed(field) || field.matches('[type="checkbox"], [type="radio"]'));
  if (!typed.some(([, field]) => changed(field))) return;
  const kept = Object.fromEntries(typed.map(([place, field]) => [place, value(field)]));
  const page = window.location.pathname + window.location.search;
  window.sessionStorage.setItem(KEY, JSON.stringify({ page, kept }));
});

document.addEventListener("DOMContentLoaded", () => {
  const stored = window.sessionStorage.getItem(KEY);
  if (!stored) return;
  window.sessionStorage.removeItem(KEY);
  const { page, kept } = JSON.parse(stored);
  if (page !== window.location.pathname + window.location.search) return;
  const here = new Map(fields());
  for (const [place, words] of Object.entries(kept)) if (here.has(place)) put(here.get(place), words);
});
