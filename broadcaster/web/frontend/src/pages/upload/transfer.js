// One file on its way by tus. It never gives up for want of a connection: it waits, and goes on where it was.
import { Upload } from "tus-js-client";

const LEAST = 64 * 1024;
const MOST = 8 * 1024 * 1024;
const FIRST = 512 * 1024;
const QUICK_MS = 2000;
const SLOW_MS = 10000;
const STALLED_MS = 45000;
const WAITS_MS = [2000, 5000, 10000, 20000, 60000];

export class Transfer {
  // `tell(state, detail)`: "sending" with bytes, "offline", "failed" with a sentence, "sent" with the key.
  constructor(file, { endpoint, address, metadata, held = 0, refused }, tell) {
    this.file = file;
    this.tell = tell;
    this.refused = refused;
    this.sent = held;
    this.confirmed = held;
    this.tries = 0;
    this.upload = new Upload(file, {
      endpoint,
      uploadUrl: address || null,
      metadata,
      chunkSize: Math.min(MOST, FIRST),
      retryDelays: [0, 500, 2000, 5000],
      storeFingerprintForResuming: false, // the server's own list knows what is unfinished, in every browser
      onShouldRetry: (error) => [409, 423, 460].includes(statusOf(error)),
      onBeforeRequest: (request) => this.before(request),
      onProgress: (bytes) => this.progressed(bytes),
      onChunkComplete: (_bytes, confirmed) => this.chunkTaken(confirmed),
      onSuccess: () => this.finished(),
      onError: (error) => this.broke(error),
    });
  }

  get key() {
    return this.upload.url ? this.upload.url.split("/").pop() : "";
  }

  start() {
    this.stop();
    this.alive();
    this.watch = window.setInterval(() => this.lookForStall(), 5000);
    this.upload.start();
  }

  stop() {
    window.clearTimeout(this.again);
    window.clearInterval(this.watch);
    this.upload.abort();
  }

  async cancel() {
    this.stop();
    if (this.upload.url) await this.upload.abort(true);
  }

  before(request) {
    const token = document.querySelector('meta[name="csrf-token"]');
    if (token) request.setHeader("X-CSRFToken", token.content);
    this.began = performance.now();
  }

  progressed(bytes) {
    this.alive();
    this.sent = bytes;
    this.tries = 0;
    this.tell("sending", bytes);
  }

  // Small pieces on a slow line, so that little is lost where something between us holds whole requests back.
  chunkTaken(confirmed) {
    this.confirmed = confirmed;
    const took = performance.now() - this.began;
    const now = this.upload.options.chunkSize;
    if (took < QUICK_MS) this.upload.options.chunkSize = Math.min(MOST, now * 2);
    else if (took > SLOW_MS) this.upload.options.chunkSize = Math.max(LEAST, Math.floor(now / 2));
  }

  finished() {
    window.clearInterval(this.watch);
    this.sent = this.file.size;
    this.tell("sent", this.key);
  }

  async broke(error) {
    window.clearInterval(this.watch);
    this.sent = this.confirmed; // what left the browser beyond that may have reached nobody
    const status = statusOf(error);
    if (status && (status < 500 || status === 507)) {
      this.tell("failed", sentence(error) || this.refused);
      return;
    }
    if (!(await readable(this.file))) {
      this.tell("unreadable");
      return;
    }
    this.tell("offline");
    this.again = window.setTimeout(() => this.start(), WAITS_MS[Math.min(this.tries, WAITS_MS.length - 1)]);
    this.tries += 1;
  }

  alive() {
    this.lastSign = performance.now();
  }

  lookForStall() {
    if (performance.now() - this.lastSign < STALLED_MS) return;
    this.tell("offline");
    this.start();
  }
}

function statusOf(error) {
  return error.originalResponse ? error.originalResponse.getStatus() : 0;
}

function sentence(error) {
  try {
    return JSON.parse(error.originalResponse.getBody()).message || "";
  } catch {
    return "";
  }
}

async function readable(file) {
  try {
    await file.slice(0, 1).arrayBuffer();
    return true;
  } catch {
    return false;
  }
}
