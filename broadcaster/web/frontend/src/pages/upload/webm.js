// A WebM recording that was cut off ends in a torn element: this says how long its whole part is.
// Elements are an id, a size, and so many bytes (RFC 8794); segment and clusters hold others.
const HOLDING = [0x18538067, 0x1f43b675];

export function wholePart(bytes) {
  let place = 0;
  while (place < bytes.length) {
    const id = number(bytes, place, true);
    const size = id && number(bytes, id.end, false);
    if (!size) break;
    const next = HOLDING.includes(id.value) ? size.end : size.end + size.value;
    if (next > bytes.length || (HOLDING.includes(id.value) && next === bytes.length)) break;
    place = next;
  }
  return place;
}

// A number whose first byte tells its length by its leading zeros; an id keeps the bit that ends them.
function number(bytes, place, isId) {
  const first = bytes[place];
  if (!first) return null;
  const length = Math.clz32(first) - 23;
  if (place + length > bytes.length) return null;
  let value = isId ? first : first & ((1 << (8 - length)) - 1);
  for (let n = 1; n < length; n += 1) value = value * 256 + bytes[place + n];
  return { value, end: place + length };
}
