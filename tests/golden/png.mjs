// Reads the PNG files that Dothi writes (filter 0; palette of 1 to 8 bits, RGB, RGBA) and compares pictures.
import {inflateSync} from 'node:zlib';

/** {width, height, rgba: Uint8Array} */
export function readPng(file) {
  if (file.toString('latin1', 1, 4) !== 'PNG') throw new Error('not a PNG');
  let width, height, depth, type, palette, alpha = Buffer.alloc(0);
  const data = [];
  for (let at = 8; at < file.length; ) {
    const length = file.readUInt32BE(at), name = file.toString('latin1', at + 4, at + 8), body = file.subarray(at + 8, at + 8 + length);
    if (name === 'IHDR') [width, height, depth, type] = [body.readUInt32BE(0), body.readUInt32BE(4), body[8], body[9]];
    if (name === 'PLTE') palette = body;
    if (name === 'tRNS') alpha = body;
    if (name === 'IDAT') data.push(body);
    at += 12 + length;
  }
  const bytes = inflateSync(Buffer.concat(data));
  const channels = {2: 3, 3: 1, 6: 4}[type], row = Math.ceil((width * channels * depth) / 8);
  const rgba = new Uint8Array(width * height * 4);
  for (let y = 0; y < height; y++) {
    const start = y * (row + 1) + 1;
    if (bytes[start - 1] !== 0) throw new Error('a filter that Dothi does not use');
    for (let x = 0; x < width; x++) {
      const to = (y * width + x) * 4;
      if (type === 3) {
        const bit = x * depth, value = (bytes[start + (bit >> 3)] >> (8 - depth - (bit & 7))) & ((1 << depth) - 1);
        rgba.set(palette.subarray(value * 3, value * 3 + 3), to);
        rgba[to + 3] = alpha[value] ?? 255;
      } else {
        for (let c = 0; c < channels; c++) rgba[to + c] = bytes[start + x * channels + c];
        if (type === 2) rgba[to + 3] = 255;
      }
    }
  }
  return {width, height, rgba, palette: type === 3};
}

/** How two pictures differ, as seen on white: {mean, worst, over} of 255; over: share of pixels that differ by more than 32. */
export function comparePictures(a, b) {
  if (a.width !== b.width || a.height !== b.height) return {mean: 255, worst: 255, over: 1};
  let sum = 0, worst = 0, over = 0;
  for (let i = 0; i < a.rgba.length; i += 4) {
    let most = 0;
    for (let c = 0; c < 3; c++) {
      const onWhite = rgba => (rgba[i + c] * rgba[i + 3] + 255 * (255 - rgba[i + 3])) / 255;
      const apart = Math.abs(onWhite(a.rgba) - onWhite(b.rgba));
      sum += apart;
      most = Math.max(most, apart);
    }
    worst = Math.max(worst, most);
    over += most > 32;
  }
  const pixels = a.width * a.height;
  return {mean: sum / pixels / 3, worst, over: over / pixels};
}
