// How loud it is, judged: what the meter shows, and what is wrong while recording and after it.

export const CLIPPED = 0.985; // of full scale: the converter has run out of room
export const SILENT = 0.003; // root mean square, −50 dBFS
export const QUIET = 0.018; // −35 dBFS
const SILENT_FOR_S = 4;
const QUIET_FOR_S = 8;
const CLIP_SHOWN_S = 3;
const PEAK_HELD_S = 1.5;
const LEAST_DB = -60;

export function levelOf(samples) {
  let peak = 0;
  let squares = 0;
  for (const sample of samples) {
    const size = Math.abs(sample);
    if (size > peak) peak = size;
    squares += sample * sample;
  }
  return { peak, rms: Math.sqrt(squares / Math.max(1, samples.length)) };
}

// 0 to 100 for −60 to 0 dBFS.
export function onMeter(amplitude) {
  const db = amplitude > 0 ? 20 * Math.log10(amplitude) : LEAST_DB;
  return Math.max(0, Math.min(100, 100 * (1 - db / LEAST_DB)));
}

export class LevelWatch {
  constructor() {
    this.reset();
    this.held = 0;
    this.heldSince = 0;
  }

  reset() {
    this.seconds = 0;
    this.loudest = 0;
    this.clips = 0;
    this.heardAt = 0;
    this.goodAt = 0;
    this.clippedAt = -Infinity;
  }

  // One look of so many seconds; `counts` while recording.
  add({ peak, rms }, seconds, counts) {
    this.hold(peak, seconds);
    this.seconds += seconds;
    if (rms > SILENT) this.heardAt = this.seconds;
    if (rms > QUIET) this.goodAt = this.seconds;
    if (peak >= CLIPPED) {
      if (counts && this.seconds - this.clippedAt > 0.5) this.clips += 1;
      this.clippedAt = this.seconds;
    }
    if (counts && rms > this.loudest) this.loudest = rms;
    return this.now();
  }

  hold(peak, seconds) {
    this.heldSince += seconds;
    if (peak < this.held && this.heldSince < PEAK_HELD_S) return;
    this.held = peak;
    this.heldSince = 0;
  }

  now() {
    if (this.seconds - this.clippedAt < CLIP_SHOWN_S) return "clipping";
    if (this.seconds - this.heardAt > SILENT_FOR_S) return "silence";
    if (this.seconds - this.goodAt > QUIET_FOR_S) return "too_quiet";
    return this.goodAt > 0 ? "good_level" : "";
  }

  // Of the whole recording: the worst that is wrong with it.
  after() {
    if (this.loudest <= SILENT) return "was_silent";
    if (this.clips > 0) return "was_clipping";
    return this.loudest <= QUIET ? "was_quiet" : "";
  }
}
