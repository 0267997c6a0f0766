import { describe, expect, it } from 'vitest';
import { type CacheKeys, type Slot, SlotTable, sharedPrefix } from './slot-table.ts';

const unsteered = (tokens: number[]): CacheKeys => ({ tokens, keyAt: () => '' });
const count = (length: number, from = 0) => Array.from({ length }, (_, i) => from + i);

function fill(table: SlotTable, index: number, tokens: number[], more: Partial<Slot> = {}): Slot {
  const slot = Object.assign(table.slots[index]!, { tokens, keys: tokens.map(() => ''), ...more });
  table.touch(slot);
  return slot;
}

describe('the prefix two sequences share', () => {
  it('ends with the first other token, the first other steering, and the limit', () => {
    const slot = { tokens: [1, 2, 3, 4], keys: ['', '', 'a', 'a'] };
    const prompt = (tokens: number[], keys: string[]) => ({ tokens, keyAt: (row: number) => keys[row]! });
    expect(sharedPrefix(slot, prompt([1, 2, 9, 4], ['', '', 'a', 'a']), 9)).toBe(2);
    expect(sharedPrefix(slot, prompt([1, 2, 3, 4], ['', '', 'b', 'b']), 9)).toBe(2);
    expect(sharedPrefix(slot, prompt([1, 2, 3, 4], ['', '', '', '']), 9)).toBe(2);
    expect(sharedPrefix(slot, prompt([1, 2, 3, 4, 5], ['', '', 'a', 'a', 'a']), 9)).toBe(4);
    expect(sharedPrefix(slot, prompt([1, 2, 3, 4, 5], ['', '', 'a', 'a', 'a']), 3)).toBe(3);
  });
});

describe('the place of an answer', () => {
  it('is the slot that holds its beginning, in place', () => {
    const table = new SlotTable(3, 256);
    fill(table, 0, count(30, 100));
    const slot = fill(table, 1, count(30));
    expect(table.place(unsteered(count(40)), 38)).toEqual({ target: slot, source: slot, shared: 30 });
  });

  it('is another where that would cost most of what it holds; the beginning is copied', () => {
    const table = new SlotTable(3, 256);
    const long = fill(table, 0, count(200));
    const placed = table.place(unsteered([...count(40), 999, 998]), 40)!;
    expect(placed).toMatchObject({ source: long, shared: 40 });
    expect(placed.target.index).not.toBe(0);
  });

  it('is that one all the same where there is no other', () => {
    const table = new SlotTable(1, 256);
    const long = fill(table, 0, count(200));
    expect(table.place(unsteered([...count(40), 999]), 39)).toEqual({
      target: long,
      source: long,
      shared: 39,
    });
  });

  it('copies no short beginning: a copy moves a whole slot', () => {
    const table = new SlotTable(2, 4096);
    fill(table, 0, count(200), { busy: true });
    expect(table.place(unsteered([...count(60), 999]), 60)).toMatchObject({ source: null, shared: 0 });
    expect(table.place(unsteered([...count(70), 999]), 70)).toMatchObject({ shared: 70 });
  });

  it('takes an empty slot before a full one, and the one unused for longest before others', () => {
    const table = new SlotTable(3, 256);
    fill(table, 0, count(20, 100));
    fill(table, 1, count(20, 200));
    expect(table.place(unsteered(count(40)), 38)!.target.index).toBe(2);
    fill(table, 2, count(20, 300));
    expect(table.place(unsteered(count(40)), 38)!.target.index).toBe(0);
    table.touch(table.slots[0]!);
    expect(table.place(unsteered(count(40)), 38)!.target.index).toBe(1);
  });

  it('lies beside those in use, and between them first', () => {
    const table = new SlotTable(6, 256);
    table.slots[2]!.busy = true;
    expect([1, 3]).toContain(table.place(unsteered(count(40)), 38)!.target.index);
    table.slots[4]!.busy = true;
    expect(table.place(unsteered(count(40)), 38)!.target.index).toBe(3);
    table.slots[3]!.busy = true;
    expect([1, 5]).toContain(table.place(unsteered(count(40)), 38)!.target.index);
  });

  it('is none where all are busy', () => {
    const table = new SlotTable(2, 256);
    for (const slot of table.slots) slot.busy = true;
    expect(table.place(unsteered(count(4)), 3)).toBeNull();
  });

  it('a busy slot can be a source', () => {
    const table = new SlotTable(2, 256);
    const busy = fill(table, 0, count(50), { busy: true });
    expect(table.place(unsteered(count(60)), 58)).toEqual({
      target: table.slots[1],
      source: busy,
      shared: 50,
    });
  });
});
