// The waveform page: what is kept and what is levelled are regions over the server's peaks; the fields of the
// form say the same in words and are what is sent. Nothing here changes the recording.
import WaveSurfer from "wavesurfer.js";
import Regions from "wavesurfer.js/plugins/regions";
import { soundOf } from "../horn.js";
import { gainAt, readTime, shownTime } from "../waveform_times.js";

const nonce = document.currentScript && document.currentScript.nonce;
const form = document.getElementById("edit");
const holder = form && form.querySelector("[data-wave]");
if (holder) begin();

async function begin() {
  const audio = form.querySelector("audio");
  const horn = form.querySelector("[data-horn-of]");
  const words = form.querySelector("[data-wave-words]");
  const duration = Number(audio.dataset.duration);
  const field = (name) => form.elements[name];
  const rows = () => [...form.querySelectorAll("[data-section]")];
  for (const part of form.querySelectorAll(".scripted")) part.hidden = false;

  let peaks;
  try {
    const answer = await fetch(holder.dataset.wave);
    if (!answer.ok) throw new Error(String(answer.status));
    peaks = await answer.json();
  } catch {
    words.textContent = holder.dataset.broken;
    peaks = { low: [0], high: [0] };
  }

  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const regions = Regions.create();
  const wave = WaveSurfer.create({
    container: holder,
    media: audio,
    height: 128,
    peaks: [peaks.high.map((one) => one / 127), peaks.low.map((one) => one / 127)],
    duration,
    waveColor: colour("--quiet-ink"),
    progressColor: colour("--indigo"),
    cursorColor: colour("--saffron"),
    cursorWidth: 2,
    cspNonce: nonce || undefined,
    plugins: [regions],
  });
  const tint = (name) => `color-mix(in srgb, ${colour(name)} 22%, transparent)`;
  let kept = null;
  let parts = new Map();
  let drawing = false;

  function asked() {
    const end = readTime(field("end").value);
    return {
      start: readTime(field("start").value) || 0,
      end: end ? Math.min(end, duration) : duration,
      fadeIn: readTime(field("fade_in").value) || 0,
      fadeOut: readTime(field("fade_out").value) || 0,
      sections: rows()
        .map((row) => {
          const [start, end, gain] = [...row.querySelectorAll("input")].map((input) => input.value.trim());
          if (!start && !end && !gain) return null;
          const gainDb = Number(gain.replace("−", "-").replace(",", ".")) || 0;
          return { row, start: readTime(start) || 0, end: readTime(end) || 0, gainDb };
        })
        .filter(Boolean),
    };
  }

  // The fields are the truth; regions are drawn after them.
  function draw() {
    drawing = true;
    regions.clearRegions();
    const edit = asked();
    kept = regions.addRegion({
      start: edit.start,
      end: Math.max(edit.start + 0.05, edit.end),
      drag: false,
      color: tint("--indigo"),
    });
    parts = new Map();
    for (const section of edit.sections) {
      if (section.end <= section.start) continue;
      const region = regions.addRegion({ start: section.start, end: section.end, color: tint("--saffron") });
      parts.set(region, section.row);
    }
    drawing = false;
  }

  regions.on("region-updated", (region) => {
    if (drawing) return;
    const [start, end] = [shownTime(region.start), shownTime(Math.min(region.end, duration))];
    if (region === kept) {
      field("start").value = start;
      field("end").value = end;
    } else if (parts.has(region)) {
      const inputs = parts.get(region).querySelectorAll("input");
      inputs[0].value = start;
      inputs[1].value = end;
    }
    form.dispatchEvent(new Event("input", { bubbles: true }));
  });
  wave.on("ready", draw);
  if (wave.getDuration()) draw();
  form.addEventListener("change", (event) => {
    if (event.target.closest("[data-section], .field") && event.target.name) draw();
  });
  form.addEventListener("reset", () => setTimeout(draw));

  // Fades, gains and the horn are heard while it plays; nothing of it is stored.
  let until = null;
  const sound = () => soundOf(audio, Number(horn.dataset.low), Number(horn.dataset.high));
  horn.addEventListener("change", () => {
    sound().context.resume();
    sound().horn(horn.checked);
  });
  function follow() {
    if (audio.paused) return;
    const edit = asked();
    const { gain, context } = sound();
    const loudness = until === null ? 1 : gainAt(edit, audio.currentTime);
    gain.gain.setTargetAtTime(loudness, context.currentTime, 0.008);
    if (until !== null && audio.currentTime >= edit.end) {
      audio.pause();
      return;
    }
    requestAnimationFrame(follow);
  }
  audio.addEventListener("play", () => {
    sound().context.resume();
    follow();
  });
  audio.addEventListener("pause", () => {
    until = null;
  });

  form.querySelector("[data-listen]").addEventListener("click", () => {
    const edit = asked();
    audio.pause();
    setTimeout(() => {
      until = edit.end;
      audio.currentTime = edit.start;
      audio.play();
    });
  });
  for (const button of form.querySelectorAll("[data-set]")) {
    button.addEventListener("click", () => {
      field(button.dataset.set).value = shownTime(audio.currentTime);
      draw();
    });
  }
  form.querySelector("[data-add]").addEventListener("click", () => addSection(rows(), audio.currentTime));
  form.querySelector("[data-zoom]").addEventListener("input", (event) => {
    wave.zoom(Number(event.target.value));
  });

  // The last row is always empty: it is filled, and a copy of it becomes the next empty one.
  function addSection(all, start) {
    const list = form.querySelector("[data-sections]");
    let row = all.find((one) => [...one.querySelectorAll("input")].every((input) => !input.value.trim()));
    if (!row) {
      if (all.length >= Number(list.dataset.most)) return;
      row = all[all.length - 1].cloneNode(true);
      for (const part of row.querySelectorAll("input, label")) {
        for (const name of ["id", "name", "for"]) {
          const value = part.getAttribute(name);
          if (value) part.setAttribute(name, value.replace(/^sections-\d+/, `sections-${all.length}`));
        }
      }
      list.append(row);
    }
    const inputs = row.querySelectorAll("input");
    inputs[0].value = shownTime(start);
    inputs[1].value = shownTime(Math.min(duration, start + 5));
    inputs[2].value = "+6";
    draw();
    inputs[2].focus();
  }
}
