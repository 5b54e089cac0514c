// The page's words, filled with figures, and figures as this page's language writes them.
const language = document.documentElement.lang || "en";
// Chromium knows no Lao. German points and groups figures as Lao does, Britain orders days and months so.
const [figures, days] = [[language, "de"], [language, "en-GB"]];

export function filled(words, values = {}) {
  return words.replace(/\{(\w+)\}/g, (blank, name) => (name in values ? values[name] : blank));
}

export function size(bytes) {
  if (bytes < 1e3) return `${bytes.toLocaleString(figures)} B`;
  const [figure, unit] = bytes < 1e6 ? [bytes / 1e3, "kB"] : [bytes / 1e6, "MB"];
  return `${figure.toLocaleString(figures, { maximumFractionDigits: figure < 10 ? 1 : 0 })} ${unit}`;
}

export function time(seconds) {
  const whole = Math.floor(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

export function when(instant) {
  return instant.toLocaleString(days, { day: "numeric", month: "numeric", hour: "2-digit", minute: "2-digit" });
}
