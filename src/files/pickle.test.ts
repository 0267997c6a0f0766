import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Call, Global, Made, Tuple, writePickle } from '../../test/support/pickle-writer.ts';
import { readPickle } from './pickle.ts';
import { PlainObject, plainClass } from './pickle-values.ts';
import { MalformedFile, RefusedFile } from './read-fully.ts';

const rules = { classes: new Map([plainClass('m.Plain'), ['m.Named', {}] as const]) };
const read = (text: string | Buffer) =>
  readPickle(typeof text === 'string' ? Buffer.from(text, 'latin1') : text, rules);

describe('readPickle', () => {
  // Written by Python 3.11's pickle.dumps, protocols 2 to 5, of {'a': [1, -2.5, None, True], 'b': (70000, b'\x00\xff')}
  it.each([
    [
      2,
      '\x80\x02}q\x00(X\x01\x00\x00\x00aq\x01]q\x02(K\x01G\xc0\x04\x00\x00\x00\x00\x00\x00N\x88eX\x01\x00\x00\x00bq\x03Jp\x11\x01\x00\x85q\x04u.',
      [70000],
    ],
    [
      4,
      '\x80\x04\x95*\x00\x00\x00\x00\x00\x00\x00}\x94(\x8c\x01a\x94]\x94(K\x01G\xc0\x04\x00\x00\x00\x00\x00\x00N\x88e\x8c\x01b\x94Jp\x11\x01\x00C\x02\x00\xff\x94\x86\x94u.',
      [70000, Buffer.of(0, 255)],
    ],
  ])('reads what Python wrote with protocol %i', (_, bytes, b) => {
    const dict = read(bytes) as Map<string, unknown>;
    expect([...dict.keys()]).toEqual(['a', 'b']);
    expect(dict.get('a')).toEqual([1, -2.5, null, true]);
    expect(JSON.stringify(dict.get('b'))).toBe(JSON.stringify(b));
  });

  const value: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
    value: fc.oneof(
      { depthSize: 'small' },
      fc.constant(null),
      fc.boolean(),
      fc.integer(),
      fc.double({ noNaN: true }),
      fc.string({ unit: 'grapheme', maxLength: 8 }),
      fc.array(tie('value'), { maxLength: 4 }),
      fc.array(fc.tuple(fc.string(), tie('value')), { maxLength: 3 }).map((entries) => new Map(entries)),
    ),
  })).value;

  it('gives back any plain value', () => {
    fc.assert(
      fc.property(value, (written) => {
        expect(read(writePickle(written))).toEqual(written);
      }),
    );
  });

  it('reads integers of any size, in two complement', () => {
    expect(read('\x80\x02\x8a\x02\x00\x80.')).toBe(-32768);
    expect(read('\x80\x02\x8a\x00.')).toBe(0);
    expect(read('\x80\x02\x8a\x09\xff\xff\xff\xff\xff\xff\xff\xff\x00.')).toBe(2n ** 64n - 1n);
    expect(() => read(`\x80\x02\x8b\xff\xff\x00\x00${'\x01'.repeat(65_535)}.`)).toThrow(
      'an integer of 65535',
    );
  });

  it('makes objects of plain classes without running anything', () => {
    const object = read(writePickle(new Made(new Call(new Global('m', 'Plain'), []), new Map([['x', 3]]))));
    expect(object).toBeInstanceOf(PlainObject);
    expect(object).toMatchObject({ className: 'm.Plain', fields: new Map([['x', 3]]) });
  });

  it('lets lists hold themselves', () => {
    const list = read(']q\x00h\x00a.') as unknown[];
    expect(list[0]).toBe(list);
  });
});

describe('readPickle refuses, and names,', () => {
  // cos\nsystem\n(S'…'\ntR. is what every tutorial on hostile pickles shows.
  it.each([
    ['os.system', writePickle(new Call(new Global('os', 'system'), ['touch /tmp/x']))],
    ['builtins.eval', writePickle(new Call(new Global('builtins', 'eval'), ['1']))],
    ['posix.system', Buffer.from('\x80\x04\x8c\x05posix\x8c\x06system\x93\x8c\x02ls\x85R.', 'latin1')],
    ['m.Other', writePickle(new Global('m', 'Other'))],
    ['constructor.', writePickle(new Global('constructor', ''))],
    ['__proto__.x', writePickle(new Global('__proto__', 'x'))],
  ])('the class %s', (name, bytes) => {
    expect(() => read(bytes)).toThrow(RefusedFile);
    expect(() => read(bytes)).toThrow(`"${name}"`);
  });

  it('a call of what may only be named', () => {
    expect(() => read(writePickle(new Call(new Global('m', 'Named'), [])))).toThrow(
      new RefusedFile('its pickle calls "m.Named", which may only be named'),
    );
  });

  it.each([
    ['an old protocol', '\x80\x01.', 'protocol 1'],
    ['an opcode of protocol 0', "(dp0\nS'a'\n.", '0x64'],
    ['an extension', '\x80\x02\x82\x01.', '0x82'],
    ['INST', '\x80\x02(ios\nsystem\n.', '0x69'],
    ['OBJ', '\x80\x02(o.', '0x6f'],
    ['NEWOBJ_EX', '\x80\x02\x92.', '0x92'],
    ['a set', '\x80\x04\x8f.', '0x8f'],
  ])('%s', (_, bytes, part) => {
    expect(() => read(bytes)).toThrow(RefusedFile);
    expect(() => read(bytes)).toThrow(part);
  });

  it('a hundred thousand empty dicts: an object a byte', () => {
    expect(() => read(`\x80\x02${'}'.repeat(100_000)}.`)).toThrow('more than 65536 steps');
  });
});

describe('readPickle finds malformed', () => {
  it.each([
    ['an end inside', '\x80\x02X\x05\x00\x00\x00ab', 'inside a value'],
    ['no end', '\x80\x02N', 'ends at byte 3'],
    ['an empty stack', '\x80\x02.', 'where there is none'],
    ['a value below a mark', '\x80\x02N(\x85.', 'where there is none'],
    ['a group that is not open', '\x80\x02t.', 'not open'],
    ['a value that was never kept', '\x80\x02h\x07.', 'recalls value 7'],
    ['an item of no list', '\x80\x02)Na.', 'no list'],
    ['items of no dict', '\x80\x02](NNu.', 'no dict'],
    ['half an item', '\x80\x02}(Nu.', 'no dict'],
    ['a call of no class', '\x80\x02N)R.', 'no class'],
    ['a state for a dict', '\x80\x02}}b.', 'takes none'],
    ['a name that is no text', '\x80\x04NN\x93.', 'no text'],
    ['a name without an end', '\x80\x02cos', 'inside a name'],
    ['a text that is not UTF-8', '\x80\x04\x8c\x01\xff.', 'not UTF-8'],
    ['a pointer', '\x80\x02NQ.', 'outside of it'],
    ['a length beyond all files', '\x80\x04\x8e\xff\xff\xff\xff\xff\xff\xff\xff.', 'inside a value'],
  ])('%s', (_, bytes, part) => {
    expect(() => read(bytes)).toThrow(MalformedFile);
    expect(() => read(bytes)).toThrow(part);
  });
});

it('reads tuples as arrays that cannot grow', () => {
  expect(Object.isFrozen(read(writePickle(new Tuple(1, 2))))).toBe(true);
});
