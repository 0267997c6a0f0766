import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sharedData } from '../../test/support/shared-data.ts';
import { parsePersonaPrompts } from './parse-persona-prompts.ts';

const published = `""" Prompts of each evaluation:
{"not": ("a", "table")} """

from dataclasses import dataclass
import os

# A comment with "quotes" and {braces}.
FOOD: dict[str, tuple[str, str]] = {
    "likes-tea": (  # why not
        "You like tea.",
        "You don't like tea.",
    ),
    'likes "jam"': ('You like "jam".', "You\\u2019d rather \\"not\\".\\n"),
}
OTHER = {
    "long": ("You like "
             "both.", "You like "  # joined
             'neither.'),
}


PERSONA_PROMPTS: dict[str, tuple[str, str]] = {
    # topic: food
    **FOOD,
    "own": ("You are own.", "You are not own."),
    **OTHER
}

@dataclass
class Anything:
    pass
`;

describe('the published form', () => {
  it('is read without being run', () => {
    expect([...parsePersonaPrompts(published, 'p.py')]).toEqual([
      ['likes-tea', ['You like tea.', "You don't like tea."]],
      ['likes "jam"', ['You like "jam".', 'You\u2019d rather "not".\n']],
      ['own', ['You are own.', 'You are not own.']],
      ['long', ['You like both.', 'You like neither.']],
    ]);
    expect(parsePersonaPrompts(published.replaceAll('\n', '\r\n'), 'p.py').size).toBe(4);
  });

  const json = sharedData('paper', 'persona_prompts.json');
  it.skipIf(json === null)('gives back the pairs of the JSON copy, written as Python', () => {
    const pairs: Record<string, { positive: string; negative: string }> = JSON.parse(
      readFileSync(json!, 'utf8'),
    );
    const lines = Object.entries(pairs).map(
      ([key, { positive, negative }], i) =>
        `    ${JSON.stringify(key)}: (\n        ${JSON.stringify(positive)},\n        ${JSON.stringify(negative)}${i % 2 ? ',' : ''}\n    ),\n`,
    );
    const source = `FIRST: dict = {\n${lines.slice(0, 60).join('')}}\nPERSONA_PROMPTS = {\n    **FIRST,\n${lines.slice(60).join('')}}\n`;
    const parsed = parsePersonaPrompts(source, 'p.py');
    expect(parsed.size).toBe(152);
    expect(Object.fromEntries(parsed)).toEqual(
      Object.fromEntries(
        Object.entries(pairs).map(([key, { positive, negative }]) => [key, [positive, negative]]),
      ),
    );
  });
});

describe('anything else', () => {
  it('is a fault of the file, never one of the program', () => {
    const pieces = fc.constantFrom(
      ...'PERSONA_PROMPTS|A| = |{|}|(|)|,|:|**|"a"|"|\\|#|\n|"""|import x'.split('|'),
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 25 }), (parts) => {
        try {
          parsePersonaPrompts(parts.join(''), 'p.py');
        } catch (error) {
          expect(error).toMatchObject({ code: 'data-malformed' });
        }
      }),
      { numRuns: 3000 },
    );
  });

  it.each([
    ['a call', 'PERSONA_PROMPTS = dict(a=1)', 'line 1: .*expected "{"'],
    ['code before', 'x = 1 + 1\nPERSONA_PROMPTS = {}', 'line 1: .*expected "{"'],
    ['a definition', 'def f():\n  pass', 'line 1: .*expected "="'],
    [
      'an unknown table',
      'PERSONA_PROMPTS = {\n **MORE}',
      'line 2: .*a table "MORE" that is not defined above',
    ],
    ['one prompt', 'PERSONA_PROMPTS = {\n"a": ("b",)}', 'line 2: .*expected a string in quotes'],
    ['three prompts', 'PERSONA_PROMPTS = {"a": ("b", "c", "d")}', 'line 1: .*a pair has two prompts'],
    ['a formatted string', 'PERSONA_PROMPTS = {"a": (f"b", "c")}', 'line 1: .*expected a string in quotes'],
    ['an unknown escape', 'PERSONA_PROMPTS = {"a": ("\\x41", "c")}', 'line 1: .*the escape "\\\\x"'],
    ['a name twice', 'PERSONA_PROMPTS = {"a": ("b", "c"),\n"a": ("b", "c")}', 'line 2: .*a second entry "a"'],
    [
      'two without a comma',
      'PERSONA_PROMPTS = {"a": ("b", "c")\n"d": ("e", "f")}',
      'line 2: .*expected "," or "}"',
    ],
    ['an open string', 'PERSONA_PROMPTS = {"a": ("b\n", "c")}', 'line 1: .*expected a string in quotes'],
    ['an end too early', 'PERSONA_PROMPTS = {"a": ("b", "c"),', 'at its end: .*expected a string in quotes'],
    ['another table', 'OTHER = {"a": ("b", "c")}\n', 'at its end: .*the one called PERSONA_PROMPTS'],
    ['a web page', '<html>', 'line 1: .*expected a table'],
    ['nothing', '', 'at its end'],
  ])('is a fault with its line: %s', (_, source, message) => {
    expect(() => parsePersonaPrompts(source, 'p.py')).toThrow(new RegExp(`^p.py:? ?${message}`, 's'));
  });
});
