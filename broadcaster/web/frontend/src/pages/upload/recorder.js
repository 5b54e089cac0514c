// Recording in the browser: choose a microphone, see the level, record, pause, listen, use it or do it again.
import { LevelWatch, onMeter } from "./level.js";
import { Microphone } from "./microphone.js";
import { takes } from "./takes.js";
import { wholePart } from "./webm.js";
import { filled, size, time, when } from "./words.js";

const LOOK_MS = 50;
const PIECE_MS = 1000;
const BITS = 128000;
const TYPES = ["audio/webm;codecs=opus", "audio/ogg;codecs=opus", "audio/mp4"];
const BUTTONS = {
  idle: ["record"],
  recording: ["pause", "stop"],
  paused: ["resume", "stop"],
  recorded: ["use", "again", "discard"],
};

export class Recorder {
  constructor(root, tool) {
    Object.assign(this, { root, tool, words: tool.words });
    this.microphone = new Microphone();
    this.watch = new LevelWatch();
    this.opener = tool.root.querySelector("[data-open-recorder]");
    if (!navigator.mediaDevices || !window.MediaRecorder) {
      this.opener.hidden = true; // not over plain HTTP, and not in old browsers
      return;
    }
    this.opener.addEventListener("click", () => (root.hidden ? this.open() : this.shut()));
    this.part("microphone").addEventListener("change", (event) => this.listenTo(event.target.value));
    root.addEventListener("click", (event) => {
      const button = event.target.closest("[data-do]");
      if (button) this[button.dataset.do]();
    });
    window.addEventListener("beforeunload", (event) => {
      if (this.state === "recording" || this.state === "paused") event.preventDefault();
    });
    this.show("idle");
    this.offerKept();
  }

  part(name) {
    return this.root.querySelector(`[data-${name}]`);
  }

  say(words) {
    const line = this.part("recorder-words");
    if (line.textContent !== words) line.textContent = words;
  }

  show(state) {
    this.state = state;
    this.root.querySelectorAll("[data-do]").forEach((button) => {
      button.hidden = !BUTTONS[state].includes(button.dataset.do);
    });
    this.part("result").hidden = state !== "recorded";
    this.part("microphone").disabled = state === "recording" || state === "paused";
  }

  async open() {
    this.root.hidden = false;
    this.opener.setAttribute("aria-expanded", "true");
    await this.listenTo("");
  }

  shut() {
    if (this.state === "recording" || this.state === "paused") return;
    this.root.hidden = true;
    this.opener.setAttribute("aria-expanded", "false");
    this.deafen();
  }

  deafen() {
    window.clearInterval(this.looking);
    this.microphone.close();
  }

  async listenTo(device) {
    this.deafen();
    try {
      await this.microphone.open(device);
      await this.listDevices(device);
    } catch {
      this.say(this.words.no_microphone);
      return false;
    }
    this.say("");
    this.watch.reset();
    this.looking = window.setInterval(() => this.look(), LOOK_MS);
    return true;
  }

  async listDevices(chosen) {
    const found = await this.microphone.devices();
    const list = this.part("microphone");
    list.replaceChildren(
      ...found.map((one, place) => {
        const label = one.label || filled(this.words.microphone, { number: place + 1 });
        return new Option(label, one.deviceId, false, one.deviceId === chosen);
      }),
    );
  }

  look() {
    const { level, meter } = { level: this.microphone.level(), meter: this.part("level") };
    const now = this.watch.add(level, LOOK_MS / 1000, this.state === "recording");
    meter.setAttribute("width", onMeter(level.peak).toFixed(1));
    this.part("peak").setAttribute("x", Math.min(99.2, onMeter(this.watch.held)).toFixed(1));
    const words = this.words[now] || "";
    const line = this.part("level-words");
    if (this.state !== "recorded" && line.textContent !== words) line.textContent = words;
    if (this.state === "recording" || this.state === "paused") this.tellTime();
  }

  tellTime() {
    const running = this.state === "recording" ? (performance.now() - this.since) / 1000 : 0;
    this.take.seconds = this.counted + running;
    const figures = { time: time(this.take.seconds), size: size(this.bytes) };
    this.say(filled(this.state === "paused" ? this.words.recording_paused : this.words.recording, figures));
  }

  async record() {
    if (!this.microphone.isOpen && !(await this.listenTo(this.part("microphone").value))) return;
    const mimeType = TYPES.find((type) => MediaRecorder.isTypeSupported(type));
    const media = new MediaRecorder(this.microphone.stream, { mimeType, audioBitsPerSecond: BITS });
    const id = `${Date.now()}-${Math.random().toString(36).slice(2)}`;
    const { person, announcement } = this.tool;
    this.take = { id, person, announcement, type: media.mimeType, began: Date.now(), seconds: 0 };
    Object.assign(this, { media, pieces: [], bytes: 0, counted: 0, since: performance.now() });
    this.watch.reset();
    this.part("level-words").textContent = "";
    localStorage.setItem("sekong-takes", "1"); // pages that fetch us late look here
    await this.keep(() => takes.put(this.take));
    media.addEventListener("dataavailable", (event) => this.piece(event.data));
    media.addEventListener("stop", () => this.stopped());
    media.start(PIECE_MS);
    this.show("recording");
  }

  piece(blob) {
    if (!blob.size) return;
    this.pieces.push(blob);
    this.bytes += blob.size;
    this.keep(() => takes.addPiece(this.take.id, blob).then(() => takes.put({ ...this.take })));
  }

  async keep(work) {
    try {
      await work();
    } catch {
      this.part("level-words").textContent = this.words.not_kept;
    }
  }

  pause() {
    this.media.pause();
    this.counted += (performance.now() - this.since) / 1000;
    this.show("paused");
  }

  resume() {
    this.since = performance.now();
    this.media.resume();
    this.show("recording");
  }

  stop() {
    if (this.state === "recording") this.counted += (performance.now() - this.since) / 1000;
    this.take.seconds = this.counted;
    this.media.stop();
  }

  stopped() {
    this.deafen();
    this.hear(new Blob(this.pieces, { type: this.take.type.split(";")[0] }));
    const wrong = this.watch.after();
    this.part("level-words").textContent = wrong ? filled(this.words[wrong], { count: this.watch.clips }) : "";
  }

  hear(blob) {
    this.blob = blob;
    if (this.url) URL.revokeObjectURL(this.url);
    this.url = URL.createObjectURL(blob);
    this.part("listen").src = this.url;
    this.show("recorded");
    this.say(filled(this.words.recorded, { time: time(this.take.seconds), size: size(blob.size) }));
    this.root.querySelector('[data-do="use"]').focus();
  }

  use() {
    const { id, began, type } = this.take;
    const name = filled(this.words.take_name, { when: when(new Date(began)).replace(/[/:]/g, ".") });
    const ending = type.includes("mp4") ? "m4a" : type.includes("ogg") ? "ogg" : "webm";
    const file = new File([this.blob], `${name}.${ending}`, { type: type.split(";")[0], lastModified: began });
    this.tool.add([file], { onSent: () => this.keep(() => takes.drop(id)) });
    this.empty();
    this.shut();
  }

  again() {
    this.forget();
    this.record();
  }

  discard() {
    if (!window.confirm(this.words.discard_sure)) return;
    this.forget();
    this.shut();
  }

  forget() {
    const { id } = this.take;
    this.keep(() => takes.drop(id));
    this.empty();
  }

  empty() {
    if (this.url) URL.revokeObjectURL(this.url);
    this.part("listen").removeAttribute("src");
    Object.assign(this, { url: null, blob: null, pieces: [] });
    this.say("");
    this.part("level-words").textContent = "";
    this.show("idle");
  }

  // What a crash or a reload left: offered where it was recorded.
  async offerKept() {
    const all = await takes.all().catch(() => []);
    if (!all.length) localStorage.removeItem("sekong-takes");
    const { person, announcement } = this.tool;
    const mine = all.filter((one) => one.person === person && one.announcement === announcement);
    if (!mine.length) return;
    const list = this.part("takes");
    mine.forEach((take) => list.append(this.keptRow(take)));
    list.hidden = false;
    this.root.hidden = false;
  }

  keptRow(take) {
    const row = this.root.querySelector("template[data-take]").content.firstElementChild.cloneNode(true);
    const figures = { time: time(take.seconds), when: when(new Date(take.began)) };
    row.querySelector("[data-take-words]").textContent = filled(this.words.kept_take, figures);
    row.addEventListener("click", async (event) => {
      const act = event.target.dataset.takeAct;
      if (!act || (act === "discard" && !window.confirm(this.words.discard_sure))) return;
      if (act === "discard") await this.keep(() => takes.drop(take.id));
      else await this.restore(take);
      row.remove();
    });
    return row;
  }

  async restore(take) {
    const pieces = await takes.pieces(take.id);
    const type = take.type.split(";")[0];
    let blob = new Blob(pieces.map((one) => one.blob), { type });
    if (type === "audio/webm") {
      blob = blob.slice(0, wholePart(new Uint8Array(await blob.arrayBuffer())), type);
    }
    this.take = take;
    this.hear(blob);
  }
}
