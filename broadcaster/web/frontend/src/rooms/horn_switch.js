// "As the loudspeaker will sound" beside a player: <input data-horn="id of the audio" data-low data-high>.
import { soundOf } from "../horn.js";

document.addEventListener("change", (event) => {
  const box = event.target;
  if (!box.matches("[data-horn]")) return;
  const audio = document.getElementById(box.dataset.horn);
  if (!audio) return;
  const sound = soundOf(audio, Number(box.dataset.low), Number(box.dataset.high));
  sound.context.resume();
  sound.horn(box.checked);
});
