// What a file's name tells: its language, and a title. Names look like "land-law_lo.wav" or "ຕະຫຼາດ katu.mp3".

// `known` are [tag, English name, Lao name], those the villages speak first: "katu" means the first Katu.
export function guess(fileName, known) {
  const stem = fileName.normalize("NFC").replace(/\.[^.]{1,5}$/, "");
  const words = stem.split(/[\s_\-.,()[\]]+/u).filter(Boolean);
  for (let last = words.length - 1; last >= 0; last -= 1) {
    for (let first = last; first >= Math.max(0, last - 1); first -= 1) {
      const language = named(words.slice(first, last + 1).join(""), known);
      if (language) {
        const rest = [...words.slice(0, first), ...words.slice(last + 1)].join(" ");
        return { language, title: rest || words.join(" ") };
      }
    }
  }
  return { language: "", title: words.join(" ") || stem };
}

function named(word, known) {
  const asked = letters(word);
  const byTag = known.find(([tag]) => tag === asked);
  if (byTag) return byTag[0];
  if (asked.length < 2) return "";
  const byName = known.find(([, english, lao]) =>
    [english, lao].some((name) => letters(name) === asked || letters(name.replace(/\(.*\)/u, "")) === asked),
  );
  return byName ? byName[0] : "";
}

function letters(text) {
  return text.normalize("NFC").toLowerCase().replace(/[^\p{L}\p{M}]/gu, "");
}
