import { type PickleMachine, pickleOpcodes } from './pickle-opcodes.ts';
import { PickleGlobal, type PickleRules } from './pickle-values.ts';
import { MalformedFile, RefusedFile } from './read-fully.ts';

/**
 * Steps after which a pickle is refused. A vector of 128 layers takes some four thousand; a step can make an object of
 * about 200 bytes out of one byte of the file, so this also bounds the memory: some 13 MB.
 */
const maxSteps = 65_536;

/**
 * Reads a Python pickle of protocol 2 to 5 as plain values, and makes nothing but what the rules name.
 *
 * Nothing of the file is executed: a class is a name that must stand in `rules.classes`, and what it makes is a value
 * of ours. Values: null, boolean, number (bigint beyond exact integers), string, Uint8Array, array (frozen where it was
 * a tuple), Map (a dict), and what the classes give. Lists may hold themselves. Opcodes: Python, Lib/pickletools.py.
 *
 * @throws MalformedFile for bytes that are no such pickle; RefusedFile, naming it, for a class or an opcode that is not
 * read, and for too many steps
 * @example
 * readPickle(Buffer.from('\x80\x02}q\x00X\x01\x00\x00\x00aK\x07s.', 'latin1'), { classes: new Map() }); // Map { 'a' => 7 }
 */
export function readPickle(bytes: Uint8Array, rules: PickleRules): unknown {
  const machine = new Machine(bytes, rules);
  for (let step = 0; step < maxSteps; step++) {
    const code = machine.uint8();
    if (code === stop) return machine.pop();
    const opcode = pickleOpcodes.get(code);
    if (opcode === undefined) {
      throw new RefusedFile(`its pickle has the opcode 0x${code.toString(16)}, which is not read`);
    }
    opcode(machine);
  }
  throw new RefusedFile(`its pickle takes more than ${maxSteps} steps; a vector takes a few thousand`);
}

const stop = 0x2e;

class Machine implements PickleMachine {
  readonly memo = new Map<number, unknown>();
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #rules: PickleRules;
  readonly #stack: unknown[] = [];
  /** Heights of the stack at the marks that are open. */
  readonly #marks: number[] = [];
  #at = 0;

  constructor(bytes: Uint8Array, rules: PickleRules) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#rules = rules;
  }

  uint8(): number {
    return this.#view.getUint8(this.#take(1));
  }

  uint16(): number {
    return this.#view.getUint16(this.#take(2), true);
  }

  int32(): number {
    return this.#view.getInt32(this.#take(4), true);
  }

  uint32(): number {
    return this.#view.getUint32(this.#take(4), true);
  }

  /** Lengths of 8 bytes; one beyond exact numbers is longer than any file. */
  uint64(): number {
    return Number(this.#view.getBigUint64(this.#take(8), true));
  }

  float64(): number {
    return this.#view.getFloat64(this.#take(8), false);
  }

  bytes(length: number): Uint8Array {
    const start = this.#take(length);
    return this.#bytes.subarray(start, start + length);
  }

  line(): string {
    const end = this.#bytes.indexOf(0x0a, this.#at);
    if (end < 0) throw new MalformedFile('its pickle ends inside a name');
    const text = decodeText(this.bytes(end - this.#at));
    this.#at = end + 1;
    return text;
  }

  text(length: number): string {
    return decodeText(this.bytes(length));
  }

  push(value: unknown): void {
    this.#stack.push(value);
  }

  pop(): unknown {
    this.#require(1);
    return this.#stack.pop();
  }

  top(): unknown {
    this.#require(1);
    return this.#stack.at(-1);
  }

  mark(): void {
    this.#marks.push(this.#stack.length);
  }

  popToMark(): unknown[] {
    const height = this.#marks.pop();
    if (height === undefined) throw new MalformedFile('its pickle closes a group that is not open');
    return this.#stack.splice(height);
  }

  global(module: unknown, name: unknown): PickleGlobal {
    if (typeof module !== 'string' || typeof name !== 'string')
      throw new MalformedFile('its pickle has a class whose name is no text');
    const qualified = `${module}.${name}`;
    const found = this.#rules.classes.get(qualified);
    if (found === undefined) {
      throw new RefusedFile(
        `its pickle asks for "${shown(qualified)}", and no vector needs that: nothing is made of it`,
      );
    }
    return new PickleGlobal(qualified, found);
  }

  persistent(id: unknown): unknown {
    if (this.#rules.persistent === undefined)
      throw new MalformedFile('its pickle points to data outside of it');
    return this.#rules.persistent(id);
  }

  #require(values: number): void {
    if (this.#stack.length - values < (this.#marks.at(-1) ?? 0))
      throw new MalformedFile('its pickle takes a value where there is none');
  }

  #take(length: number): number {
    const start = this.#at;
    if (length > this.#bytes.length - start)
      throw new MalformedFile(`its pickle ends at byte ${this.#bytes.length}, inside a value`);
    this.#at += length;
    return start;
  }
}

function decodeText(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new MalformedFile('its pickle has a text that is not UTF-8', { cause });
  }
}

/** A name for a message: short, and in one line. */
function shown(name: string): string {
  return name.slice(0, 100).replaceAll(/[^\x20-\x7e]/g, '?');
}
