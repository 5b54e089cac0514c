// The microphone as it is: nothing cancelled, nothing levelled by the browser; the server does that, and better.
import { levelOf } from "./level.js";

const WINDOW = 4096;

export class Microphone {
  async open(device) {
    this.close();
    const plain = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
    const wanted = device ? { ...plain, deviceId: { exact: device } } : plain;
    this.stream = await navigator.mediaDevices.getUserMedia({ audio: wanted });
    this.context = new (window.AudioContext || window.webkitAudioContext)();
    this.analyser = this.context.createAnalyser();
    this.analyser.fftSize = WINDOW;
    this.context.createMediaStreamSource(this.stream).connect(this.analyser);
    this.samples = new Float32Array(WINDOW);
    await this.context.resume();
  }

  get isOpen() {
    return Boolean(this.stream);
  }

  level() {
    this.analyser.getFloatTimeDomainData(this.samples);
    return levelOf(this.samples);
  }

  async devices() {
    const found = await navigator.mediaDevices.enumerateDevices();
    return found.filter((one) => one.kind === "audioinput");
  }

  close() {
    if (!this.stream) return;
    this.stream.getTracks().forEach((track) => track.stop());
    this.context.close();
    this.stream = null;
  }
}
