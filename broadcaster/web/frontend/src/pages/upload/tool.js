// The uploader: files come in by drop, dialog or recorder, stand in a list, and are sent two at a time.
import { guess } from "./guess.js";
import { printOf } from "./print.js";
import { Row } from "./row.js";
import { filled, size } from "./words.js";

const AT_ONCE = 2;
const RUNNING = ["sending", "offline"];

export class Tool {
  constructor(root) {
    this.root = root;
    const told = root.dataset;
    this.words = JSON.parse(told.words);
    this.known = JSON.parse(told.known);
    this.endpoint = new URL(told.endpoint, window.location.href).href;
    this.pages = told.rows;
    this.announcement = told.announcement;
    this.language = told.language;
    this.person = told.person;
    this.most = Number(told.most);
    this.batch = Array.from(window.crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(36)).join("");
    this.rows = [];
    this.list = root.querySelector("[data-rows-list]");
    this.listen();
    root.hidden = false;
    document.querySelectorAll("[data-plain]").forEach((form) => {
      form.hidden = true;
    });
  }

  listen() {
    const choose = this.root.querySelector("[data-choose]");
    choose.addEventListener("change", () => {
      this.add([...choose.files]);
      choose.value = "";
    });
    const drop = this.root.querySelector("[data-drop]");
    const holdsFiles = (event) => [...event.dataTransfer.types].includes("Files");
    for (const name of ["dragenter", "dragover"]) {
      window.addEventListener(name, (event) => {
        if (!holdsFiles(event)) return;
        event.preventDefault();
        drop.classList.add("open");
      });
    }
    window.addEventListener("dragleave", (event) => {
      if (!event.relatedTarget) drop.classList.remove("open");
    });
    window.addEventListener("drop", (event) => {
      if (!holdsFiles(event)) return;
      event.preventDefault();
      drop.classList.remove("open");
      this.add([...event.dataTransfer.files]);
    });
    this.list.addEventListener("change", (event) => {
      if (event.target.matches("[data-again]")) this.goOn(event.target.closest("li"), event.target.files[0]);
    });
    this.list.addEventListener("click", (event) => {
      const begun = event.target.closest('[data-unfinished] [data-act="cancel"]');
      if (begun) this.cancelBegun(begun.closest("li"));
    });
    this.root.querySelectorAll("[data-all-act]").forEach((button) =>
      button.addEventListener("click", () => this.all(button.dataset.allAct)),
    );
    this.root.querySelectorAll("[data-for-all]").forEach((choice) =>
      choice.addEventListener("change", () => this.fill(choice)),
    );
    window.addEventListener("online", () => this.rows.filter((row) => row.state === "offline").forEach((row) => row.go()));
    window.addEventListener("beforeunload", (event) => {
      if (this.rows.some((row) => RUNNING.includes(row.state))) event.preventDefault();
    });
  }

  async add(files, more = {}) {
    for (const file of files) {
      const print = await printOf(file).catch(() => "");
      const begun = this.begunAs(file, print);
      if (begun) this.continueBegun(begun, file, print, more);
      else this.newRow(file, print, more);
    }
  }

  begunAs(file, print) {
    return [...this.list.querySelectorAll("[data-unfinished]")].find(
      (one) => Number(one.dataset.size) === file.size && one.dataset.print === print,
    );
  }

  // After a reload the browser has forgotten the file: it is asked for, and must be the same one.
  async goOn(element, file) {
    if (!file) return;
    const print = await printOf(file).catch(() => "");
    if (this.begunAs(file, print) === element) this.continueBegun(element, file, print, {});
    else element.querySelector("[data-status]").textContent = this.words.other_file;
  }

  continueBegun(element, file, print, more) {
    const address = `${this.endpoint}${element.dataset.unfinished}`;
    const fresh = this.blank();
    element.replaceWith(fresh);
    const row = this.enter(fresh, file, print, { ...more, address, held: Number(element.dataset.held) });
    row.start();
  }

  newRow(file, print, more) {
    const element = this.blank();
    this.list.append(element);
    const row = this.enter(element, file, print, more);
    const guessed = guess(file.name, this.known);
    const language = more.language || guessed.language || this.language;
    if (language) row.field("language").value = language;
    if (row.field("title")) row.field("title").value = guessed.title;
    row.wishChanged();
    if (file.size === 0) this.refuse(row, this.words.empty);
    else if (file.size > this.most) this.refuse(row, filled(this.words.too_large, { most: size(this.most) }));
    else row.show("ready");
    return row;
  }

  blank() {
    return this.root.querySelector("template[data-row]").content.firstElementChild.cloneNode(true);
  }

  enter(element, file, print, more) {
    element.querySelector("[data-name-shown]").textContent = file.name;
    element.querySelector("[data-size-shown]").textContent = size(file.size);
    const row = new Row(this, element, file, print, more);
    this.rows.push(row);
    return row;
  }

  refuse(row, words) {
    row.show("failed", words);
    row.element.querySelector('[data-act="retry"]').hidden = true;
    row.hopeless = true;
  }

  pump() {
    const running = this.rows.filter((row) => RUNNING.includes(row.state)).length;
    const next = this.rows.filter((row) => row.state === "waiting").slice(0, Math.max(0, AT_ONCE - running));
    next.forEach((row) => row.go());
    this.changed();
  }

  all(act) {
    this.concerned(act).forEach((row) => row[act]());
    const first = act === "start" && this.root.querySelector('[data-language][aria-invalid="true"]');
    if (first) first.focus();
  }

  // Files for which nothing was chosen yet take what is chosen for all; what was chosen for one stays.
  unchosen(name) {
    return this.rows.filter((row) => row.state === "ready" && row.field(name) && !row.value(name));
  }

  fill(choice) {
    const name = choice.dataset.forAll;
    const chosen = choice.value;
    for (const row of chosen ? this.unchosen(name) : []) {
      row.field(name).value = chosen;
      row.wishChanged();
    }
    choice.value = "";
  }

  offerForAll() {
    const box = this.root.querySelector("[data-all-wishes]");
    const choices = [...box.querySelectorAll("[data-for-all]")];
    choices.forEach((choice) => {
      choice.closest("label").hidden = this.unchosen(choice.dataset.forAll).length < 2 && document.activeElement !== choice;
    });
    box.hidden = choices.every((choice) => choice.closest("label").hidden);
  }

  concerned(act) {
    const from = act === "start" ? ["ready", "paused", "failed"] : ["waiting", "sending", "offline"];
    return this.rows.filter((row) => from.includes(row.state) && !row.hopeless);
  }

  sent(row, key) {
    const url = `${this.pages}/${key}/row`;
    window.htmx.ajax("GET", url, { target: row.element, swap: "outerHTML" });
  }

  remove(row) {
    this.rows = this.rows.filter((one) => one !== row);
    row.element.remove();
    this.root.querySelector("[data-choose]").focus();
    this.pump();
  }

  async cancelBegun(element) {
    if (!window.confirm(this.words.cancel_sure)) return;
    const token = document.querySelector('meta[name="csrf-token"]').content;
    const headers = { "Tus-Resumable": "1.0.0", "X-CSRFToken": token };
    const answer = await fetch(`${this.endpoint}${element.dataset.unfinished}`, { method: "DELETE", headers }).catch(() => null);
    if (answer && (answer.ok || answer.status === 404 || answer.status === 410)) element.remove();
    else element.querySelector("[data-status]").textContent = filled(this.words.failed, { reason: this.words.refused });
  }

  changed() {
    const totals = this.root.querySelector("[data-totals]");
    totals.hidden = this.rows.length === 0;
    this.offerForAll();
    const whole = this.rows.reduce((sum, row) => sum + row.bytes, 0);
    const sent = this.rows.reduce((sum, row) => sum + (row.state === "sent" ? row.bytes : row.sent), 0);
    totals.querySelector("[data-all]").value = whole ? sent / whole : 0;
    const done = this.rows.filter((row) => row.state === "sent").length;
    const share = whole ? Math.floor((100 * sent) / whole) : 0;
    const words = filled(this.words.totals, { done, all: this.rows.length, share });
    const line = totals.querySelector("[data-all-words]");
    const late = performance.now() - (this.spokenAt || 0) > 2000;
    const counted = `${done}/${this.rows.length}`;
    if (line.textContent !== words && (late || share === 100 || counted !== this.counted)) {
      line.textContent = words;
      this.spokenAt = performance.now();
      this.counted = counted;
    }
    for (const button of totals.querySelectorAll("[data-all-act]")) {
      button.hidden = !this.concerned(button.dataset.allAct).length;
    }
  }
}
