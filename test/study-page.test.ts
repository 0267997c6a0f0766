import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { parseHTML } from 'linkedom';
import { describe, expect, it } from 'vitest';
import { studyFigures } from '../src/report/study/study-figures.ts';
import { renderStudy } from '../src/report/study/study-page.ts';
import { renderStudyText } from '../src/report/study/study-text.ts';
import type { Study } from '../src/result/study.ts';
import { exampleStudy } from './support/example-study.ts';
import {
  emptyStudy,
  hostileStudy,
  nothingMeasured,
  oneBehaviour,
  textsWithheld,
} from './support/study-variants.ts';

const study = exampleStudy();
const page = renderStudy(study);
const { document } = parseHTML(page);
const files = studyFigures(study);
const attacked = hostileStudy();
const attackedFiles = studyFigures(attacked);
const variants: [string, Study, string][] = [
  ['the example', study, page],
  ...(
    [
      ['one behaviour', oneBehaviour()],
      ['nothing measured', nothingMeasured()],
      ['no run', emptyStudy()],
      ['texts withheld', textsWithheld()],
      ['hostile texts', attacked],
    ] as [string, Study][]
  ).map(([name, document]): [string, Study, string] => [name, document, renderStudy(document)]),
];

describe('content', () => {
  it('opens with what the study shows, counted from the intervals of the runs', () => {
    const means = study.runs
      .filter(({ leftOut }) => leftOut === null)
      .map(({ result }) => result.steerability!.mean);
    const steers = means.filter(({ low }) => low! > 0).length;
    const wrong = means.filter(({ high }) => high! < 0).length;
    expect(document.querySelectorAll('h1').length).toBe(1);
    expect(document.querySelector('h1')!.textContent).toContain(
      `${steers} of ${means.length} vectors steer as intended, ${wrong} the wrong way, ${means.length - steers - wrong} without a clear effect`,
    );
  });

  it('leads from every number of the paper to its figure', () => {
    const links = Array.from(document.querySelectorAll('.index a'));
    expect(links.map((link) => link.querySelector('b')!.textContent)).toEqual([
      ...['Figure 1', 'Figure 2', 'Figures 3 and 16', 'Figure 4', 'Figure 5', 'Figure 6', 'Figure 7'],
      ...['Figure 8', 'Figure 9', 'Figure 10', 'Figures 11 to 14', 'Figure 15', 'Figure 17', 'Figure 18'],
      ...['Figure 19', 'Figure 20', 'Figure 21', 'Figure 22', 'Figure 23', 'Figure 24', 'Table 1'],
      'Tables 2 and 3',
    ]);
  });

  it('has a row for each run, which leads to its report', () => {
    const rows = Array.from(document.querySelectorAll('.sortable tbody tr'));
    expect(rows.length).toBe(study.runs.length);
    for (const [k, run] of study.runs.entries()) {
      expect(rows[k]!.querySelector('a')!.getAttribute('href')).toBe(`./${run.folder}/report.html`);
      expect(rows[k]!.className).toBe(run.leftOut === null ? '' : 'left-out');
      const cells = Array.from(rows[k]!.children).map((cell) => cell.getAttribute('data-key'));
      expect(Number(cells[2])).toBe(run.result.steerability!.mean.value);
      expect(Number(cells[3])).toBe(run.result.steerability!.antiSteerable.value);
    }
  });

  it('says what was left out and why, and how to make it again', () => {
    const text = document.querySelector('main')!.textContent!;
    for (const { leftOut } of study.runs) if (leftOut !== null) expect(text).toContain(leftOut);
    for (const { what, reason } of study.notMeasured) {
      for (const words of [what, reason]) expect(text).toContain(words);
    }
    for (const { hash } of study.models) expect(text).toContain(hash);
    for (const { resultHash, result } of study.runs) {
      for (const hash of [resultHash, result.behaviour.hash]) expect(text).toContain(hash);
    }
    expect(text).toContain(study.versions.llamaCpp);
  });

  it('shows the prompts character for character', () => {
    const seen = Array.from(document.querySelectorAll('#table-01-settings .seen'));
    const first = study.prompts.filter(({ behaviour }) => behaviour === study.prompts[0]!.behaviour);
    expect(seen.map((element) => element.textContent)).toEqual(first.map(({ text }) => text));
  });

  it('offers every table whole as CSV, though it shows 60 rows of it at most', () => {
    for (const { name, csv } of files) {
      const link = document.querySelector(`a[download="${name}.csv"]`)!;
      const address = link.getAttribute('href')!;
      expect(decodeURIComponent(address.slice(address.indexOf(',') + 1))).toBe(csv);
      const shown = document.querySelectorAll(`[id="${name}"] tbody tr`).length;
      expect(shown).toBeLessThanOrEqual(60);
    }
  });

  it('names the section of the science document that explains each figure', () => {
    const drawn = document.querySelectorAll('section.figure:not(:has(.missing))').length;
    const references = Array.from(document.querySelectorAll('.reference'));
    expect(references.length).toBe(drawn);
    const science = readFileSync(new URL('../docs/science.md', import.meta.url), 'utf8');
    for (const { textContent } of references)
      expect(science).toContain(`\n## ${/science\.md, (.+)\.$/.exec(textContent!)![1]}\n`);
  });
});

describe.each(variants)('%s', (_name, given, html) => {
  const { document } = parseHTML(html);

  it('is one file with one script, which its policy names by its hash', () => {
    expect(document.querySelectorAll('link,img,iframe,object,embed,form,base').length).toBe(0);
    const scripts = Array.from(document.querySelectorAll('script'));
    expect(scripts.length).toBe(1);
    expect(Array.from(scripts[0]!.attributes)).toEqual([]);
    const source = /<script>([\s\S]*?)<\/script>\s*<\/body>/.exec(html)![1]!;
    const hash = createHash('sha256').update(source, 'utf8').digest('base64');
    const policy = document
      .querySelector('meta[http-equiv="Content-Security-Policy"]')!
      .getAttribute('content');
    expect(policy).toBe(
      `default-src 'none'; style-src 'unsafe-inline'; img-src data:; script-src 'sha256-${hash}'`,
    );
    for (const element of Array.from(document.querySelectorAll('*'))) {
      for (const { name } of Array.from(element.attributes)) expect(name).not.toMatch(/^on|^srcdoc$|^style$/);
    }
    for (const link of Array.from(document.querySelectorAll('a'))) {
      expect(link.getAttribute('href')).toMatch(/^(?:#|\.\/|data:text\/csv;)/);
    }
  });

  it('has headings in order, ids that are unique and links that lead somewhere', () => {
    const levels = Array.from(document.querySelectorAll('h1,h2,h3,h4')).map(({ tagName }) =>
      Number(tagName[1]),
    );
    expect(levels[0]).toBe(1);
    for (let k = 1; k < levels.length; k++) expect(levels[k]! - levels[k - 1]!).toBeLessThanOrEqual(1);
    const ids = new Set<string>();
    for (const { id } of Array.from(document.querySelectorAll('[id]'))) {
      expect(ids.has(id)).toBe(false);
      ids.add(id);
    }
    for (const link of Array.from(document.querySelectorAll('a[href^="#"]'))) {
      expect(ids.has(link.getAttribute('href')!.slice(1))).toBe(true);
    }
    for (const element of Array.from(document.querySelectorAll('[aria-labelledby]'))) {
      for (const id of element.getAttribute('aria-labelledby')!.split(' ')) expect(ids.has(id)).toBe(true);
    }
  });

  it('never shows a hole where a number was', () => {
    const text = document.querySelector('main')!.textContent! + renderStudyText(given);
    expect(text).not.toMatch(/NaN|undefined|Infinity|\bnull\b|\[object/);
  });

  it('is about 30 lines in a terminal, without control characters', () => {
    const text = renderStudyText(given);
    expect(text.trimEnd().split('\n').length).toBeLessThanOrEqual(40);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be there
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
  });
});

describe('hostile texts', () => {
  it('arrive as text, in the page and in the files', () => {
    const [, , html] = variants.find(([name]) => name === 'hostile texts')!;
    const { document } = parseHTML(html);
    expect(document.querySelector('.sortable tbody th')!.textContent).toContain('<script>alert(1)</script>');
    expect(document.querySelectorAll('script').length).toBe(1);
    for (const { svg } of attackedFiles) {
      expect(svg ?? '').not.toMatch(/<script|<img/);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be there
      expect(svg ?? '').not.toMatch(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]|\p{Surrogate}/u);
    }
  });

  it('fill the figures all the same: names do not break the relations', () => {
    const names = (all: { name: string }[]) => all.map(({ name }) => name);
    expect(names(attackedFiles)).toEqual(names(files));
  });

  it('in a folder name are never a scheme', () => {
    const runs = study.runs.map((run) => ({ ...run, folder: 'javascript:alert(1)//../"x' }));
    const { document } = parseHTML(renderStudy({ ...study, runs: runs.slice(0, 1) }));
    expect(document.querySelector('.sortable tbody a')!.getAttribute('href')).toBe(
      './javascript%3Aalert(1)//../%22x/report.html',
    );
  });
});

describe('files', () => {
  it('have a drawing for all but tables and prompts', () => {
    expect(files.filter(({ svg }) => svg === null).map(({ name }) => name)).toEqual([
      ...['items-backwards', 'figure-09-contrast-prompt', 'figure-10-full-prompt', 'table-01-settings'],
      'table-02-03-personas',
    ]);
    expect(files.length).toBe(38);
  });

  it('can be read on their own: title, units, key and colours', () => {
    for (const { svg, name } of files) {
      if (svg === null) continue;
      expect(svg).not.toMatch(/var\(|currentcolor;|class=/);
      const { document: file } = parseHTML(svg);
      const title = document.querySelector(`[id="${name}-heading"]`)!.textContent;
      expect(file.querySelector('svg > title')!.textContent).toBe(title);
      const words = Array.from(file.querySelectorAll('svg > text'))
        .map((text) => text.textContent)
        .join(' ');
      expect(words.startsWith(title)).toBe(true);
      expect(file.querySelector('svg > rect')!.getAttribute('fill')).toBe('#ffffff');
    }
  });

  it('are the same bytes each time', () => expect(studyFigures(study)).toEqual(files));
});
