import { readFileSync } from 'node:fs';
import { parseHTML } from 'linkedom';
import { describe, expect, it } from 'vitest';
import { formatNumber } from '../src/plots/format-number.ts';
import { renderCard } from '../src/report/card.ts';
import { headlineOf, statusOf } from '../src/report/headline.ts';
import { outcomeWords } from '../src/report/outcome-words.ts';
import { renderReport } from '../src/report/report.ts';
import { renderText } from '../src/report/text.ts';
import { parseResult, type Result } from '../src/result/schema.ts';
import { multipleChoice } from './support/example-letters.ts';
import { exampleResult } from './support/example-result.ts';
import { hostile, hostileResult } from './support/hostile-result.ts';
import {
  evaluation,
  experimentOf,
  extraction,
  nothingComputed,
  notMeasurable,
  partsMissing,
  sweep,
  wholeStudy,
  withheld,
  withoutIntervals,
} from './support/result-variants.ts';

const example = exampleResult();
const page = renderReport(example);
const { document } = parseHTML(page);
const variants: [string, Result][] = [
  ['audit', example],
  ['audit that stopped', notMeasurable()],
  ['sweep', sweep()],
  ['extraction', extraction()],
  ['evaluation of few items', evaluation()],
  ['audit with letters', multipleChoice()],
  ['study of one behaviour', wholeStudy()],
  ['experiment in distribution', experimentOf('in-distribution')],
  ['experiment of layers', experimentOf('layers')],
  ['experiment of prompts', experimentOf('ood')],
  ['texts withheld', withheld()],
  ['no interval', withoutIntervals()],
  ['no estimate', nothingComputed()],
  ...partsMissing().map(({ part, result }): [string, Result] => [`without ${part}`, result]),
];

describe('content', () => {
  it('opens with the verdict as its only h1', () => {
    expect(document.querySelectorAll('h1').length).toBe(1);
    expect(document.querySelector('h1')!.textContent).toBe(example.verdict!.headline);
  });

  it('lists every rule with outcome and numbers', () => {
    const rows = Array.from(document.querySelectorAll('.rules tbody tr')).map((row) => row.textContent);
    expect(rows.length).toBe(example.verdict!.rules.length);
    for (const [k, { rule, outcome, because }] of example.verdict!.rules.entries()) {
      for (const text of [rule, outcomeWords[outcome], because]) expect(rows[k]).toContain(text);
    }
  });

  it('shows the backwards items first, worst first, with their text', () => {
    const worst = [...example.items].sort((a, b) => a.slope! - b.slope!)[0]!;
    const first = document.querySelector('.items.backwards li')!.textContent;
    for (const text of [worst.prompt, worst.positive, worst.negative]) expect(first).toContain(text);
    const backwards = example.items.filter((item) => item.slope! <= 0).length;
    expect(document.querySelectorAll('.items.backwards li').length).toBe(backwards);
  });

  it('warns that llama.cpp steers every position, unless the measurement did too', () => {
    expect(page).toContain('steers every position, the whole prompt included');
    expect(renderReport({ ...example, start: 'all' })).toContain('as this measurement did');
  });

  it('shows an item as the model saw it, character for character', () => {
    expect(document.querySelector('.seen')!.textContent).toBe(example.prompt.example);
  });

  it('carries hashes, versions and what was not measured', () => {
    const { hash, sourceHash } = example.model;
    for (const text of [hash, sourceHash, example.behaviour.hash, example.versions.llamaCpp]) {
      expect(page).toContain(text);
    }
    for (const { reason } of example.notMeasured) expect(page).toContain(reason.replaceAll("'", '&#39;'));
  });

  it('offers the full numbers of a figure as CSV', () => {
    const link = document.querySelector('a[download="slope-distribution.csv"]')!;
    const csv = decodeURIComponent(link.getAttribute('href')!.split(',').slice(1).join(','));
    const rows = csv.trim().split('\n').slice(1);
    expect(rows.map((row) => Number(row.split(',')[1]))).toEqual(
      example.items.map((item) => item.slope!).sort((a, b) => a - b),
    );
  });

  it('marks every interval with the footnote of its method', () => {
    for (const mark of Array.from(document.querySelectorAll('sup a'))) {
      expect(document.querySelector(mark.getAttribute('href')!)).not.toBeNull();
    }
    expect(document.querySelector('#method-1')!.textContent).toMatch(/^T interval\. Mean/);
  });
});

describe.each(variants)('%s', (_name, result) => {
  const html = renderReport(parseResult(result));
  const { document } = parseHTML(html);

  it('is one file that asks nothing of anyone', () => {
    expect(document.querySelectorAll('script,link,img,iframe,object,embed,form').length).toBe(0);
    expect(html).not.toMatch(/(?:src|href)="https?:|url\(|@import/);
    const policy = document.querySelector('meta[http-equiv="Content-Security-Policy"]')!;
    expect(policy.getAttribute('content')).toContain("default-src 'none'");
  });

  it('says the language, and has headings in order', () => {
    expect(document.documentElement.getAttribute('lang')).toBe('en');
    const levels = Array.from(document.querySelectorAll('h1,h2,h3,h4')).map((heading) =>
      Number(heading.tagName[1]),
    );
    expect(levels[0]).toBe(1);
    expect(levels.filter((level) => level === 1).length).toBe(1);
    for (let k = 1; k < levels.length; k++) expect(levels[k]! - levels[k - 1]!).toBeLessThanOrEqual(1);
  });

  it('has ids that are unique and references that lead somewhere', () => {
    const ids = Array.from(document.querySelectorAll('[id]')).map((element) => element.id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const element of Array.from(document.querySelectorAll('[aria-labelledby]'))) {
      for (const id of element.getAttribute('aria-labelledby')!.split(' ')) expect(ids).toContain(id);
    }
  });

  it('gives every picture a title and a description', () => {
    for (const picture of Array.from(document.querySelectorAll('div > svg'))) {
      expect(picture.getAttribute('role')).toBe('img');
      const [title, description] = picture.getAttribute('aria-labelledby')!.split(' ');
      expect(picture.querySelector(`#${title}`)!.textContent.length).toBeGreaterThan(10);
      expect(picture.querySelector(`#${description}`)!.textContent.length).toBeGreaterThan(30);
    }
  });

  it('never shows a hole where a number was', () => {
    expect(document.querySelector('main')!.textContent).not.toMatch(
      /NaN|undefined|Infinity|\bnull\b|\[object/,
    );
    expect(renderText(result) + renderCard(result)).not.toMatch(/NaN|undefined|Infinity|\bnull\b|\[object/);
  });

  it('fits a terminal and half a page', () => {
    expect(renderText(result).trimEnd().split('\n').length).toBeLessThanOrEqual(25);
    expect(renderCard(result).split('\n').length).toBeLessThanOrEqual(40);
  });
});

describe('what was not measured', () => {
  const places: Partial<Record<keyof Result, string>> = {
    ood: '#ood-heat-map',
    prompting: '#prompting-comparison',
    bias: '#letter-and-word',
    orders: '#letters-within-items',
    replicates: '#item-noise',
    ranges: '#multiplier-ranges',
    damage: '#damage-profile',
    generationCheck: '#generation-agreement',
  };

  it.each(partsMissing().filter(({ part }) => part in places))(
    '$part leaves its reason in its place',
    ({ part, reason, result }) => {
      const { document } = parseHTML(renderReport(result));
      const section = document.querySelector(places[part]!)!.parentElement!;
      expect(section.querySelector('svg')).toBeNull();
      expect(section.querySelector('.missing')!.textContent).toContain(reason.slice(1));
    },
  );

  it('is named once where several figures lack the same', () => {
    const { result } = partsMissing().find(({ part }) => part === 'ood')!;
    const { document } = parseHTML(renderReport(result));
    const boxes = Array.from(document.querySelectorAll('section[aria-labelledby="prompts"] .missing'));
    expect(boxes.length).toBe(1);
  });

  it('takes no room in an audit that stopped, nor in experiments that ask one question', () => {
    for (const result of [notMeasurable(), experimentOf('ood'), experimentOf('layers')]) {
      const { document } = parseHTML(renderReport(result));
      expect(document.querySelectorAll('.missing').length).toBe(0);
      expect(document.querySelectorAll('figure').length).toBeGreaterThan(0);
    }
  });

  it('asks nothing about letters where there are none', () => {
    expect(document.querySelector('#bias')).toBeNull();
    expect(document.querySelector('#letter-and-word')).toBeNull();
  });
});

describe('headlines', () => {
  it('answer the question of an experiment that has one', () => {
    expect(headlineOf(experimentOf('ood'))).toMatch(
      /in the worst of 4 other prompts, USER_NEG, the vector keeps 0\.27 \(0\.16 to 0\.40\)/,
    );
    expect(headlineOf(experimentOf('layers'))).toContain(
      'of 6 layers tried, layer 17 was chosen; 61.0\u00a0% of 400 resamples choose it again',
    );
    for (const result of [example, wholeStudy(), experimentOf('in-distribution')])
      expect(headlineOf(result)).toBe(result.verdict!.headline);
  });

  it('are the verdict where it does not steer', () => {
    const verdict = { ...example.verdict!, kind: 'inconclusive' as const, headline: 'Not shown.' };
    expect(headlineOf({ ...experimentOf('ood'), verdict })).toBe('Not shown.');
  });

  it('say of rules without data whether the run should have had them', () => {
    expect(statusOf(example).text).toBe('Steers · 1 flag · 1 rule without data');
    expect(statusOf(experimentOf('ood')).text).toBe('Steers · 1 flag · 1 rule not asked');
    const verdict = null;
    expect(statusOf({ ...experimentOf('layers'), verdict })).toEqual({
      text: 'Measured, not judged',
      tone: 'plain',
    });
  });
});

describe('the numbers that matter', () => {
  const letters = multipleChoice();
  const shown = [
    ['backwards beyond the noise', '6'],
    ['under other prompts', '0.31'],
    ['letter bias', '61.1'],
    ['letter within items', '46.7'],
    ['damage at multiplier 1', '0.475'],
    ['effect at equal damage', '1.93'],
    ['free answers', '0.74'],
  ] as const;

  it('stand on the page, on the card and in the terminal', () => {
    const page = parseHTML(renderReport(letters)).document.querySelector('.tiles')!.textContent;
    for (const [, number] of shown) {
      for (const text of [page, renderCard(letters), renderText(letters)]) expect(text).toContain(number);
    }
  });

  it('are not made up where they were not measured', () => {
    for (const { part, result } of partsMissing()) {
      const text = renderText(result);
      expect(text.includes('other prompts ')).toBe(part !== 'ood');
      expect(text.includes('free answers ')).toBe(part !== 'generationCheck');
      expect(/^damage /m.test(text)).toBe(part !== 'damage');
      expect(text.includes('beyond the noise')).toBe(part !== 'replicates');
    }
  });

  it('name the section of docs/science.md that explains them', () => {
    for (const figure of Array.from(document.querySelectorAll('figcaption')))
      expect(figure.textContent).toMatch(/Formulas: docs\/science\.md, [A-Z].*\.$/);
    const tiles = Array.from(document.querySelectorAll('.tiles dt')).map((name) => name.textContent);
    const explained = document
      .querySelector('#numbers')!
      .parentElement!.querySelector('details')!.textContent;
    for (const name of tiles) expect(explained).toContain(name);
  });

  it('name sections that docs/science.md has', () => {
    const science = readFileSync(new URL('../docs/science.md', import.meta.url), 'utf8');
    const headings = [...science.matchAll(/^## (.+)$/gm)].map(([, heading]) => heading!);
    const figures = Array.from(document.querySelectorAll('figcaption .reference')).map(
      (reference) => /science\.md, (.+)\.$/.exec(reference.textContent!)![1]!,
    );
    const numbers = Array.from(document.querySelectorAll('#numbers ~ details li')).map(
      (line) => /^(.+?): /.exec(line.textContent!)![1]!,
    );
    expect(Math.min(figures.length, numbers.length)).toBeGreaterThan(5);
    for (const section of [...figures, ...numbers]) expect(headings).toContain(section);
  });
});

describe('every item', () => {
  const rowsOf = (result: Result) => {
    const { document } = parseHTML(renderReport(result));
    return Array.from(document.querySelectorAll('.all-items tbody tr'));
  };

  it('stands in a table in the order of its slope, backwards ones marked', () => {
    const rows = rowsOf(example);
    const slopes = example.items.map((item) => item.slope!).sort((a, b) => a - b);
    expect(rows.map((row) => row.querySelector('td')!.textContent)).toEqual(slopes.map(formatNumber));
    expect(rows.filter((row) => row.querySelector('.backwards-mark')).length).toBe(
      slopes.filter((slope) => slope <= 0).length,
    );
  });

  it('has its letter, word and slope with the letters exchanged, where there are letters', () => {
    const items = multipleChoice().items;
    const worst = [...items].sort((a, b) => a.slope! - b.slope!)[0]!;
    const cells = Array.from(rowsOf(multipleChoice())[0]!.children).map((cell) => cell.textContent.trim());
    expect(cells.slice(0, 6)).toEqual([
      `▼ ${worst.item}`,
      formatNumber(worst.slope),
      formatNumber(worst.swappedSlope),
      formatNumber(worst.r2),
      worst.positiveLetter,
      worst.positiveWord,
    ]);
  });

  it('is a line of numbers where texts are withheld', () => {
    expect(rowsOf(withheld())[0]!.children.length).toBe(6);
    expect(renderReport(withheld())).toContain('Texts are withheld');
    expect(renderReport(withheld())).not.toContain('Is the following statement');
  });

  it('has its propensities in the file', () => {
    const link = document.querySelector('a[download="items.csv"]')!;
    const lines = decodeURIComponent(link.getAttribute('href')!.split(',').slice(1).join(',')).split('\n');
    expect(lines[0]).toContain('propensity at -1.5');
    const worst = [...example.items].sort((a, b) => a.slope! - b.slope!)[0]!;
    expect(lines[1]!.split(',').slice(-7).map(Number)).toEqual(worst.propensities);
  });
});

it('shows every prompt setting as the model got it', () => {
  const prompts = document.querySelector('#prompts')!.parentElement!;
  const shown = Array.from(prompts.querySelectorAll('.seen')).map((prompt) => prompt.textContent);
  expect(shown).toEqual(example.settings.map((setting) => setting.example));
});

it('shows texts from the lowest multiplier to the highest, five items at once and the rest on demand', () => {
  const generations = Array.from({ length: 8 }, (_, item) => {
    const { continuations, ...rest } = example.generations[0]!;
    return { ...rest, item, continuations: [...continuations].reverse() };
  });
  const { document } = parseHTML(renderReport({ ...example, generations }));
  const section = document.querySelector('#continuations')!.parentElement!;
  const names = Array.from(section.querySelectorAll('.continuations')).map((list) =>
    Array.from(list.querySelectorAll('dt')).map((name) => name.firstChild!.textContent),
  );
  expect(names[0]).toEqual(['Multiplier −1', 'Unsteered', 'Multiplier +1']);
  expect(names.length).toBe(8);
  expect(section.querySelectorAll('details .continuations').length).toBe(3);
});

it('puts scores beside the texts they belong to', () => {
  const scores = Array.from(document.querySelectorAll('.score')).map((score) => score.textContent);
  expect(scores.slice(0, 3)).toEqual(['−2.10 log-odds', '0.200 log-odds', '3.40 log-odds']);
});

it('stays below 1 MB with 60 items', () => {
  for (const result of [example, wholeStudy()]) expect(renderReport(result).length).toBeLessThan(1e6);
});

it('warns above the numbers of a run that went on after a failed competence check', () => {
  const failed = { ...example, competence: { ...example.competence!, passed: false } };
  expect(renderReport(failed)).toContain('Measured all the same');
  expect(page + renderReport(notMeasurable())).not.toContain('Measured all the same');
});

it('says where the published split leaks', () => {
  expect(renderReport(wholeStudy())).toContain('29 of the test items are training items too');
  expect(page).toContain('; disjoint;');
});

describe('hostile texts', () => {
  const attacked = hostileResult();

  it('change no element and no attribute of the page', () => {
    const skeleton = (html: string): string[] => {
      const { document } = parseHTML(html);
      // Where spaces and special tokens become elements of their own, the number of elements follows the text.
      for (const seen of Array.from(document.querySelectorAll('.seen'))) seen.innerHTML = '';
      return Array.from(document.querySelectorAll('*')).map(
        (element) =>
          `${element.tagName} ${Array.from(element.attributes)
            .map(({ name }) => name)
            .join(' ')}`,
      );
    };
    const plain = hostileResult((text) => text.replace(/[^a-z0-9 ]/gi, 'x'));
    expect(skeleton(renderReport(attacked))).toEqual(skeleton(renderReport(plain)));
  });

  it('arrive as text', () => {
    const { document } = parseHTML(renderReport(attacked));
    expect(document.querySelector('h1')!.textContent).toContain('"><script>alert(1)</script>');
    expect(document.querySelectorAll('script,img').length).toBe(0);
  });

  it('cannot reach the terminal or the Markdown', () => {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be there
    expect(renderText(attacked)).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
    expect(renderText(attacked).split('\n').length).toBe(renderText(multipleChoice()).split('\n').length);
    const card = renderCard(attacked);
    expect(card).not.toMatch(/(?<!\\)<script|(?<!\\)!\[|(?<!\\)`x`/);
    expect(hostile).toContain('![');
  });
});
