import { PickledObject, PickleGlobal } from './pickle-values.ts';
import { MalformedFile, RefusedFile } from './read-fully.ts';

/** What an opcode works on: the bytes that follow it, the stack, the memo. */
export interface PickleMachine {
  memo: Map<number, unknown>;
  uint8(): number;
  uint16(): number;
  int32(): number;
  uint32(): number;
  uint64(): number;
  float64(): number;
  bytes(length: number): Uint8Array;
  text(length: number): string;
  line(): string;
  push(value: unknown): void;
  pop(): unknown;
  top(): unknown;
  mark(): void;
  popToMark(): unknown[];
  global(module: unknown, name: unknown): PickleGlobal;
  persistent(id: unknown): unknown;
}

/** Bytes of the longest integer that is read: the first one of an old torch file has ten. */
const maxIntegerBytes = 32;

/** The opcodes that torch and `pickle.dump` write for vectors; every other one is refused. */
export const pickleOpcodes: ReadonlyMap<number, (machine: PickleMachine) => void> = new Map(
  Object.entries({
    '\x80': requireProtocol,
    // A frame only says how much may be read ahead.
    '\x95': (m) => void m.uint64(),
    '(': (m) => m.mark(),
    '0': (m) => void m.pop(),
    '1': (m) => void m.popToMark(),
    N: (m) => m.push(null),
    '\x88': (m) => m.push(true),
    '\x89': (m) => m.push(false),
    J: (m) => m.push(m.int32()),
    K: (m) => m.push(m.uint8()),
    M: (m) => m.push(m.uint16()),
    '\x8a': (m) => m.push(readInteger(m, m.uint8())),
    '\x8b': (m) => m.push(readInteger(m, m.uint32())),
    G: (m) => m.push(m.float64()),
    X: (m) => m.push(m.text(m.uint32())),
    '\x8c': (m) => m.push(m.text(m.uint8())),
    '\x8d': (m) => m.push(m.text(m.uint64())),
    B: (m) => m.push(m.bytes(m.uint32())),
    C: (m) => m.push(m.bytes(m.uint8())),
    '\x8e': (m) => m.push(m.bytes(m.uint64())),
    ']': (m) => m.push([]),
    a: (m) => append(m, [m.pop()]),
    e: (m) => append(m, m.popToMark()),
    ')': (m) => m.push(Object.freeze([])),
    t: (m) => m.push(Object.freeze(m.popToMark())),
    '\x85': (m) => m.push(tuple(m, 1)),
    '\x86': (m) => m.push(tuple(m, 2)),
    '\x87': (m) => m.push(tuple(m, 3)),
    '}': (m) => m.push(new Map()),
    s: (m) => setItems(m, tuple(m, 2)),
    u: (m) => setItems(m, m.popToMark()),
    h: (m) => m.push(recall(m, m.uint8())),
    j: (m) => m.push(recall(m, m.uint32())),
    q: (m) => void m.memo.set(m.uint8(), m.top()),
    r: (m) => void m.memo.set(m.uint32(), m.top()),
    '\x94': (m) => void m.memo.set(m.memo.size, m.top()),
    c: (m) => m.push(m.global(m.line(), m.line())),
    '\x93': (m) => {
      const [module, name] = tuple(m, 2);
      m.push(m.global(module, name));
    },
    R: make,
    '\x81': make,
    b: build,
    Q: (m) => m.push(m.persistent(m.pop())),
  } satisfies Record<string, (machine: PickleMachine) => void>).map(([code, run]) => [
    code.charCodeAt(0),
    run as (machine: PickleMachine) => void,
  ]),
);

function requireProtocol(m: PickleMachine): void {
  const protocol = m.uint8();
  if (protocol < 2 || protocol > 5)
    throw new RefusedFile(`its pickle is of protocol ${protocol}; 2 to 5 are read`);
}

/** Little-endian, in two's complement. */
function readInteger(m: PickleMachine, length: number): number | bigint {
  if (length > maxIntegerBytes) throw new RefusedFile(`its pickle has an integer of ${length} bytes`);
  let value = 0n;
  for (const [place, byte] of m.bytes(length).entries()) value |= BigInt(byte) << BigInt(8 * place);
  const signed = BigInt.asIntN(8 * length, value);
  const exact = signed >= Number.MIN_SAFE_INTEGER && signed <= Number.MAX_SAFE_INTEGER;
  return exact ? Number(signed) : signed;
}

function append(m: PickleMachine, items: unknown[]): void {
  const list = m.top();
  if (!Array.isArray(list) || Object.isFrozen(list))
    throw new MalformedFile('its pickle appends to what is no list');
  for (const item of items) list.push(item);
}

function tuple(m: PickleMachine, length: number): readonly unknown[] {
  const items = Array.from({ length }, () => m.pop());
  return Object.freeze(items.reverse());
}

function setItems(m: PickleMachine, items: readonly unknown[]): void {
  const dict = m.top();
  if (!(dict instanceof Map) || items.length % 2 !== 0)
    throw new MalformedFile('its pickle sets items of what is no dict');
  for (let i = 0; i < items.length; i += 2) dict.set(items[i], items[i + 1]);
}

function recall(m: PickleMachine, place: number): unknown {
  if (!m.memo.has(place)) throw new MalformedFile(`its pickle recalls value ${place}, which it never kept`);
  return m.memo.get(place);
}

/** REDUCE and NEWOBJ: a class and its arguments. */
function make(m: PickleMachine): void {
  const [called, args] = tuple(m, 2);
  if (!(called instanceof PickleGlobal) || !Array.isArray(args))
    throw new MalformedFile('its pickle calls what is no class');
  if (called.class.make === undefined)
    throw new RefusedFile(`its pickle calls "${called.name}", which may only be named`);
  m.push(called.class.make(args));
}

function build(m: PickleMachine): void {
  const state = m.pop();
  const value = m.top();
  if (!(value instanceof PickledObject))
    throw new MalformedFile('its pickle gives a state to what takes none');
  value.setState(state);
}
