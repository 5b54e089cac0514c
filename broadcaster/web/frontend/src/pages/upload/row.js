// One file in the list: what it is for, how far it is, and the buttons that fit where it stands.
import { Transfer } from "./transfer.js";
import { filled, size } from "./words.js";

const SPOKEN_EVERY_MS = 4000;
const BUTTONS = {
  ready: ["start", "cancel"],
  waiting: ["pause", "cancel"],
  sending: ["pause", "cancel"],
  offline: ["pause", "cancel"],
  paused: ["resume", "cancel"],
  failed: ["retry", "cancel"],
  sent: [],
};

export class Row {
  constructor(tool, element, file, print, { address = "", held = 0, onSent = null } = {}) {
    Object.assign(this, { tool, element, file, print, address, onSent });
    this.words = tool.words;
    this.sent = held;
    element.addEventListener("click", (event) => {
      const button = event.target.closest("[data-act]");
      if (button) this[button.dataset.act]();
    });
    element.querySelectorAll("select, input").forEach((field) =>
      field.addEventListener("change", () => this.wishChanged()),
    );
  }

  get bytes() {
    return this.file.size;
  }

  get started() {
    return Boolean(this.address || this.transfer);
  }

  field(name) {
    return this.element.querySelector(`[data-${name}]`);
  }

  value(name) {
    const field = this.field(name);
    return field ? field.value : "";
  }

  wishChanged() {
    const isNew = !this.value("into");
    this.element.querySelectorAll("[data-only-new]").forEach((field) => {
      field.hidden = !isNew;
    });
    if (this.state === "ready") this.show("ready");
    const language = this.field("language");
    if (language && language.value) language.removeAttribute("aria-invalid");
  }

  show(state, words) {
    this.state = state;
    const shown = BUTTONS[state];
    this.element.querySelectorAll("[data-act]").forEach((button) => {
      button.hidden = !shown.includes(button.dataset.act);
    });
    const wish = this.field("wish");
    if (wish) wish.hidden = this.started;
    this.progress();
    this.say(words || this.sentence(state));
    this.tool.changed();
  }

  sentence(state) {
    if (state === "ready") return this.value("language") || !this.field("language") ? this.words.ready : this.words.choose_language;
    const share = Math.floor((100 * this.sent) / this.bytes);
    const figures = { share, sent: size(this.sent), whole: size(this.bytes) };
    if (state === "sending" && this.sent >= this.bytes) return this.words.checking;
    return filled(this.words[state] || "", figures);
  }

  say(words) {
    this.spokenAt = performance.now();
    this.field("status").textContent = words;
  }

  progress() {
    const bar = this.element.querySelector("progress");
    bar.hidden = !this.started;
    bar.max = this.bytes;
    bar.value = this.sent;
    bar.setAttribute("aria-label", this.file.name);
  }

  start() {
    const language = this.field("language");
    if (!this.started && language && !language.value) {
      this.say(this.words.choose_language);
      language.setAttribute("aria-invalid", "true");
      language.addEventListener("change", () => language.removeAttribute("aria-invalid"), { once: true });
      language.focus();
      return;
    }
    this.show("waiting");
    this.tool.pump();
  }

  resume() {
    this.start();
  }

  retry() {
    this.start();
  }

  pause() {
    if (this.transfer) this.transfer.stop();
    this.show("paused");
    this.tool.pump();
  }

  async cancel() {
    if (this.started && !window.confirm(this.words.cancel_sure)) return;
    this.state = "gone";
    const transfer = this.transfer || (this.address && this.makeTransfer());
    this.tool.remove(this);
    if (transfer) await transfer.cancel().catch(() => {}); // what cannot be ended now expires by itself
  }

  go() {
    if (!this.transfer) this.transfer = this.makeTransfer();
    this.show("sending");
    this.transfer.start();
  }

  makeTransfer() {
    const { endpoint, announcement, batch } = this.tool;
    const metadata = {
      filename: this.file.name,
      filetype: this.file.type,
      print: this.print,
      batch,
      language: this.value("language"),
      announcement: announcement || this.value("into"),
      title: this.value("title"),
      place: this.value("place"),
    };
    const how = { endpoint, address: this.address, metadata, held: this.sent, refused: this.words.refused };
    return new Transfer(this.file, how, (state, detail) => this.told(state, detail));
  }

  told(state, detail) {
    if (this.state === "paused" || this.state === "gone") return;
    this.sent = this.transfer.sent;
    if (state === "sending") {
      this.progress();
      const late = performance.now() - this.spokenAt > SPOKEN_EVERY_MS;
      if (this.state !== "sending") this.show("sending");
      else if (late || this.sent >= this.bytes) this.say(this.sentence("sending"));
      this.tool.changed();
    } else if (state === "sent") {
      this.show("sent", this.words.checking);
      if (this.onSent) this.onSent();
      this.tool.sent(this, detail);
    } else if (state === "offline") {
      this.show("offline");
    } else {
      const reason = state === "failed" ? detail : this.words.other_file;
      this.show("failed", filled(this.words.failed, { reason }));
    }
    if (state !== "sending") this.tool.pump();
  }
}
