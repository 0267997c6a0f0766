/** A class of a pickle, by its name. */
export class Global {
  readonly module: string;
  readonly name: string;

  constructor(module: string, name: string) {
    this.module = module;
    this.name = name;
  }
}

/** A class called with arguments. */
export class Call {
  readonly global: Global;
  readonly args: readonly unknown[];

  constructor(global: Global, args: readonly unknown[]) {
    this.global = global;
    this.args = args;
  }
}

/** An object made empty and given its state. */
export class Made {
  readonly made: Call;
  readonly state: unknown;

  constructor(made: Call, state: unknown) {
    this.made = made;
    this.state = state;
  }
}

/** A pointer to data outside of the pickle. */
export class Persistent {
  readonly id: Tuple;

  constructor(id: Tuple) {
    this.id = id;
  }
}

/** A tuple; a plain array is a list. */
export class Tuple {
  readonly items: readonly unknown[];

  constructor(...items: unknown[]) {
    this.items = items;
  }
}

/**
 * A pickle of protocol 2, as Python's would read it, without a memo: null, boolean, number, string, array, Map, Uint8Array
 * (protocol 3), and the classes above.
 */
export function writePickle(value: unknown): Buffer {
  return Buffer.concat([Buffer.of(0x80, 2), encode(value), Buffer.from('.')]);
}

function encode(value: unknown): Buffer {
  if (value === null) return Buffer.from('N');
  if (typeof value === 'boolean') return Buffer.of(value ? 0x88 : 0x89);
  if (typeof value === 'number') return encodeNumber(value);
  if (typeof value === 'string') {
    const bytes = Buffer.from(value, 'utf8');
    return Buffer.concat([Buffer.from('X'), uint32(bytes.length), bytes]);
  }
  if (value instanceof Uint8Array) return Buffer.concat([Buffer.from('B'), uint32(value.length), value]);
  if (Array.isArray(value)) return Buffer.concat([Buffer.from(']('), ...value.map(encode), Buffer.from('e')]);
  if (value instanceof Map) {
    return Buffer.concat([Buffer.from('}('), ...[...value].flat().map(encode), Buffer.from('u')]);
  }
  if (value instanceof Tuple) {
    return Buffer.concat([Buffer.from('('), ...value.items.map(encode), Buffer.from('t')]);
  }
  if (value instanceof Global) return Buffer.from(`c${value.module}\n${value.name}\n`);
  if (value instanceof Call) {
    return Buffer.concat([encode(value.global), encode(new Tuple(...value.args)), Buffer.from('R')]);
  }
  if (value instanceof Made)
    return Buffer.concat([encode(value.made), encode(value.state), Buffer.from('b')]);
  if (value instanceof Persistent) return Buffer.concat([encode(value.id), Buffer.from('Q')]);
  throw new TypeError(`cannot pickle ${typeof value}`);
}

function encodeNumber(value: number): Buffer {
  if (Number.isInteger(value) && Math.abs(value) < 2 ** 31 && !Object.is(value, -0)) {
    const bytes = Buffer.alloc(5, 'J');
    bytes.writeInt32LE(value, 1);
    return bytes;
  }
  const bytes = Buffer.alloc(9, 'G');
  bytes.writeDoubleBE(value, 1);
  return bytes;
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}
