// A date field speaks the browser's language; the chosen day stands below it in the page's own words.
function tell(field, words) {
  const day = field.value ? new Date(`${field.value}T12:00:00Z`) : null;
  if (!day || Number.isNaN(day.getTime())) {
    words.textContent = "";
    return;
  }
  const weekday = words.dataset.weekdays.split("|")[(day.getUTCDay() + 6) % 7];
  const month = words.dataset.months.split("|")[day.getUTCMonth()];
  words.textContent = `${weekday} ${day.getUTCDate()} ${month} ${day.getUTCFullYear()}`;
}

document.addEventListener("input", (event) => {
  if (!event.target.matches("input[type=date]")) return;
  const words = document.querySelector(`[data-day-of="${CSS.escape(event.target.id)}"]`);
  if (words) tell(event.target, words);
});
