/**
 * Widens IEEE 754 half-precision numbers to single precision; exact, since every half is a single.
 *
 * @param bits Uint16Array, the raw halves.
 * @returns Float32Array of the same length; NaN stays NaN, infinities stay infinite.
 * @example
 * float16ToFloat32(Uint16Array.of(0x3c00, 0xc000)); // Float32Array [1, -2]
 */
export function float16ToFloat32(bits: Uint16Array): Float32Array {
  const values = new Float32Array(bits.length);
  for (let i = 0; i < bits.length; i++) {
    const half = bits[i]!;
    const sign = half & 0x8000 ? -1 : 1;
    const exponent = (half >> 10) & 0x1f;
    const fraction = half & 0x3ff;
    if (exponent === 0) values[i] = sign * fraction * 2 ** -24;
    else if (exponent === 0x1f) values[i] = fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
    else values[i] = sign * (1024 + fraction) * powersOfTwo[exponent]!;
  }
  return values;
}

/** 2^(exponent − 25): the weight of the lowest fraction bit of a normal half, by its biased exponent. */
const powersOfTwo = Float64Array.from({ length: 32 }, (_, exponent) => 2 ** (exponent - 25));

/**
 * Rounds single-precision numbers to half precision, to nearest, ties to even (IEEE 754-2019, 4.3.1).
 *
 * @param values Float32Array; magnitudes from 65520 on become infinite, NaN becomes the quiet NaN.
 * @returns Uint16Array, the raw halves.
 * @example
 * float32ToFloat16(Float32Array.of(1, -2)); // Uint16Array [0x3c00, 0xc000]
 */
export function float32ToFloat16(values: Float32Array): Uint16Array {
  const words = new Uint32Array(values.buffer, values.byteOffset, values.length);
  return Uint16Array.from(words, halfOfSingle);
}

function halfOfSingle(word: number): number {
  const sign = (word >>> 16) & 0x8000;
  const magnitude = word & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00;
  if (magnitude >= 0x477ff000) return sign | 0x7c00;
  // Normal half: move the exponent from bias 127 to bias 15, then drop 13 bits; a carry runs into the exponent.
  if (magnitude >= 0x38800000) return sign | roundedShift(magnitude - 0x38000000, 13);
  if (magnitude < 0x33000000) return sign;
  // Subnormal half: the significand with its hidden bit, in units of 2^-24.
  const significand = (magnitude & 0x7fffff) | 0x800000;
  return sign | roundedShift(significand, 126 - (magnitude >>> 23));
}

/** value / 2^shift, to nearest, ties to even. */
function roundedShift(value: number, shift: number): number {
  const half = 2 ** (shift - 1);
  const rest = value & (2 ** shift - 1);
  const quotient = value >>> shift;
  const up = rest > half || (rest === half && (quotient & 1) === 1);
  return up ? quotient + 1 : quotient;
}

/**
 * Widens bfloat16 numbers (the upper half of a single) to single precision; exact.
 *
 * @param bits Uint16Array, the raw numbers.
 * @example
 * bfloat16ToFloat32(Uint16Array.of(0x3f80)); // Float32Array [1]
 */
export function bfloat16ToFloat32(bits: Uint16Array): Float32Array {
  const words = new Uint32Array(bits.length);
  for (let i = 0; i < bits.length; i++) words[i] = bits[i]! << 16;
  return new Float32Array(words.buffer);
}

/**
 * Rounds single-precision numbers to bfloat16, to nearest, ties to even; NaN stays NaN.
 *
 * @returns Uint16Array, the raw numbers.
 * @example
 * float32ToBfloat16(Float32Array.of(1)); // Uint16Array [0x3f80]
 */
export function float32ToBfloat16(values: Float32Array): Uint16Array {
  const words = new Uint32Array(values.buffer, values.byteOffset, values.length);
  return Uint16Array.from(words, (word) => {
    // A NaN whose payload lies in the lower bits only would become infinite: set the quiet bit instead of rounding.
    if ((word & 0x7fffffff) > 0x7f800000) return (word >>> 16) | 0x40;
    return (word + 0x7fff + ((word >>> 16) & 1)) >>> 16;
  });
}
