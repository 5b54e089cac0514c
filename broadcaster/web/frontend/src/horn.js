// How a horn loudspeaker will sound: its band only, cut at 24 dB an octave on either side.
const graphs = new WeakMap();

// The sound of an <audio> through a gain and, when asked for, a horn. Made at the first use, which must be a
// gesture of the reader: browsers refuse sound before.
export function soundOf(audio, lowHz, highHz) {
  if (graphs.has(audio)) return graphs.get(audio);
  const context = new AudioContext();
  const source = context.createMediaElementSource(audio);
  const gain = context.createGain();
  const filters = [
    ["highpass", lowHz],
    ["highpass", lowHz],
    ["lowpass", highHz],
    ["lowpass", highHz],
  ].map(([type, frequency]) => new BiquadFilterNode(context, { type, frequency, Q: 0.707 }));
  filters.reduce((before, after) => before.connect(after));
  const last = filters[filters.length - 1];
  source.connect(gain);
  gain.connect(context.destination);
  const sound = {
    context,
    gain,
    horn(on) {
      gain.disconnect();
      last.disconnect();
      if (on) {
        gain.connect(filters[0]);
        last.connect(context.destination);
      } else {
        gain.connect(context.destination);
      }
    },
  };
  graphs.set(audio, sound);
  return sound;
}
