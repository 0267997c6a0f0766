/** A number in [-1, 1) that looks random and is the same on every machine: integer arithmetic only. */
export function wobble(i: number, salt: number): number {
  let mixed = Math.imul(i + 1, 0x9e3779b1) ^ Math.imul(salt + 7, 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x2c1b3c6d);
  mixed = Math.imul(mixed ^ (mixed >>> 12), 0x297a2d39);
  return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 31 - 1;
}

/** Four wobbles on one heap: mean 0, standard deviation 1, within ±3.5. */
export function bell(i: number, salt: number): number {
  return (
    (wobble(i, salt) + wobble(i, salt + 1000) + wobble(i, salt + 2000) + wobble(i, salt + 3000)) *
    Math.sqrt(3 / 4)
  );
}
