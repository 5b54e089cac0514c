// Times and loudness of an edit, as the server reads them.

// Seconds of "1:23.5", "83,5" or "1:02:03"; NaN for what is no time.
export function readTime(text) {
  const found = /^(?:(?:(\d{1,2}):)?(\d{1,3}):)?(\d{1,5}(?:[.,]\d{1,3})?)$/.exec(text.trim());
  if (!found) return NaN;
  return Number(found[1] || 0) * 3600 + Number(found[2] || 0) * 60 + Number(found[3].replace(",", "."));
}

export function shownTime(seconds) {
  const ms = Math.round(seconds * 1000);
  const rest = ((ms % 60000) / 1000).toFixed(3).replace(/\.?0+$/, "");
  return `${Math.floor(ms / 60000)}:${Number(rest) < 10 ? "0" : ""}${rest}`;
}

// How loud the recording is at a time, as a factor: fades and the sections' gains.
export function gainAt(edit, time) {
  const section = edit.sections.find((one) => time >= one.start && time < one.end);
  let gain = section ? 10 ** (section.gainDb / 20) : 1;
  if (edit.fadeIn) gain *= Math.min(1, Math.max(0, (time - edit.start) / edit.fadeIn));
  if (edit.fadeOut) gain *= Math.min(1, Math.max(0, (edit.end - time) / edit.fadeOut));
  return gain;
}
