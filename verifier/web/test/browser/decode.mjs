// Reads a QR code out of a picture, with what the page reads the camera's pictures with: the width of the
// picture is the argument, its pixels in RGBA are the input, and what the code says is the output.

import { readFileSync } from "node:fs";
import jsQR from "jsqr";

const width = Number(process.argv[2]);
const pixels = new Uint8ClampedArray(readFileSync(0));
const code = jsQR(pixels, width, pixels.length / width / 4);
if (code === null) throw new Error("there is no QR code in the picture");
console.log(code.data);
