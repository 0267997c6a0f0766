import { parseHTML } from 'linkedom';
import { describe, expect, it } from 'vitest';
import { renderCard } from '../src/report/card.ts';
import { outcomeWords } from '../src/report/outcome-words.ts';
import { renderReport } from '../src/report/report.ts';
import { renderText } from '../src/report/text.ts';
import { parseResult, type Result } from '../src/result/schema.ts';
import { exampleResult } from './support/example-result.ts';
import { hostile, hostileResult } from './support/hostile-result.ts';
import { evaluation, extraction, notMeasurable, sweep } from './support/result-variants.ts';

const example = exampleResult();
const page = renderReport(example);
const { document } = parseHTML(page);
const variants: [string, Result][] = [
  ['audit', example],
  ['audit that stopped', notMeasurable()],
  ['sweep', sweep()],
  ['extraction', extraction()],
  ['evaluation of few items', evaluation()],
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

it('replaces a figure without data by the reason', () => {
  const notMeasured = [
    { what: 'random-direction null', reason: 'the audit stopped at the competence check' },
  ];
  const { document } = parseHTML(renderReport({ ...notMeasurable(), notMeasured }));
  const section = document.querySelector('#null-comparison')!.parentElement!;
  expect(section.querySelector('svg')).toBeNull();
  expect(section.textContent).toContain('The audit stopped at the competence check.');
});

describe('hostile texts', () => {
  const attacked = hostileResult();

  it('change no element and no attribute of the page', () => {
    const skeleton = (html: string): string[] => {
      const { document } = parseHTML(html);
      // Where spaces and special tokens become elements of their own, the number of elements follows the text.
      document.querySelector('.seen')!.innerHTML = '';
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
    expect(renderText(attacked).split('\n').length).toBe(renderText(example).split('\n').length);
    const card = renderCard(attacked);
    expect(card).not.toMatch(/(?<!\\)<script|(?<!\\)!\[|(?<!\\)`x`/);
    expect(hostile).toContain('![');
  });
});

it('renders 500 items within 1.5 seconds', () => {
  const items = Array.from({ length: 500 }, (_, k) => ({ ...example.items[k % 60]!, item: k }));
  const start = performance.now();
  renderReport({ ...example, items });
  expect(performance.now() - start).toBeLessThan(1500);
});
