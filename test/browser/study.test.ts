import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { studyFigures } from '../../src/report/study/study-figures.ts';
import { renderStudy } from '../../src/report/study/study-page.ts';
import type { Study } from '../../src/result/study.ts';
import { isLeftOut, launchChromium, watch, widthsOf, windows } from '../support/chromium.ts';
import { exampleStudy } from '../support/example-study.ts';
import { hostileStudy, largeStudy, nothingMeasured, oneBehaviour } from '../support/study-variants.ts';

const studies: [string, () => Study][] = [
  ['example', exampleStudy],
  ['forty datasets', largeStudy],
  ['hostile texts', hostileStudy],
  ['one behaviour', oneBehaviour],
  ['nothing measured', nothingMeasured],
];

describe.skipIf(isLeftOut('study'))('the study in Chromium', () => {
  let browser: Browser;
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'steerbench-study-'));
    browser = await launchChromium();
    for (const [name, make] of studies) await writeFile(fileOf(name), renderStudy(make()));
  });
  afterAll(async () => {
    await browser?.close();
    await rm(folder, { recursive: true, force: true });
  });

  describe.each(studies.map(([name]) => name))('%s', (name) => {
    it.each(windows)(
      'at %d pixels, %s: quiet, alone, no wider than the window',
      async (width, colorScheme) => {
        const { page, faults } = await open(name, { viewport: { width, height: 844 }, colorScheme });
        const { needed, given } = await widthsOf(page);
        expect(needed).toBeLessThanOrEqual(given);
        expect(faults).toEqual([]);
        await page.close();
      },
    );
  });

  it.each([
    ['example', 1280],
    ['example', 390],
    ['forty datasets', 1280],
    ['forty datasets', 390],
    ['hostile texts', 1280],
    ['hostile texts', 390],
    ['one behaviour', 390],
  ] as const)('%s at %d pixels: no label covers another or leaves its figure', async (name, width) => {
    const { page } = await open(name, { viewport: { width, height: 844 } });
    expect(await page.evaluate(clashes)).toEqual([]);
    await page.close();
  });

  describe('the table of runs', () => {
    it('sorts by a heading, down and up, empty cells last', async () => {
      const { page, faults } = await open('example', { viewport: { width: 1280, height: 844 } });
      const shares = () => columnOf(page, 3);
      const before = await shares();
      await page.click('.sortable th:nth-child(4) button');
      const down = await shares();
      expect(down).toEqual([...before].sort((a, b) => b! - a!));
      await page.click('.sortable th:nth-child(4) button');
      expect(await shares()).toEqual([...before].sort((a, b) => a! - b!));
      expect(await page.getAttribute('.sortable th:nth-child(4)', 'aria-sort')).toBe('ascending');
      await page.click('.sortable th:nth-child(6) button');
      const explained = await columnOf(page, 5);
      const known = explained.filter((value) => value !== null);
      expect(explained.slice(known.length).every((value) => value === null)).toBe(true);
      expect(known.length).toBeLessThan(explained.length);
      expect(await page.getAttribute('.sortable th:nth-child(4)', 'aria-sort')).toBeNull();
      expect(faults).toEqual([]);
      await page.close();
    });

    it('sorts names from A to Z first, by keyboard', async () => {
      const { page } = await open('example', { viewport: { width: 1280, height: 844 } });
      await page.focus('.sortable th:first-child button');
      await page.keyboard.press('Enter');
      const names = await page.$$eval('.sortable tbody th', (all) => all.map((cell) => cell.dataset['key']!));
      expect(names).toEqual([...names].sort((a, b) => a.localeCompare(b, 'en')));
      expect(await page.getAttribute('.sortable th:first-child', 'aria-sort')).toBe('ascending');
      await page.close();
    });

    it('is complete without scripts', async () => {
      const { page, faults } = await open('example', { javaScriptEnabled: false });
      expect(await page.locator('.sortable tbody tr').count()).toBe(36);
      expect(await page.locator('.sortable button').count()).toBe(0);
      expect(await page.locator('.sortable th', { hasText: 'Steerability' }).isVisible()).toBe(true);
      expect(faults).toEqual([]);
      await page.close();
    });
  });

  it('shows one layout of each figure, its text at least 11 pixels high', async () => {
    for (const [width, shown] of [
      [1280, 'wide'],
      [390, 'narrow'],
    ] as const) {
      const { page } = await open('example', { viewport: { width, height: 844 } });
      const visible = await page.$$eval('figure > div', (all) =>
        all
          .filter((picture) => picture.getBoundingClientRect().height > 0)
          .map(({ classList }) => classList[0]),
      );
      expect(visible).toEqual(Array(33).fill(shown));
      const scale = await page.$eval(
        `figure > .${shown} > svg`,
        (picture) => picture.getBoundingClientRect().width / (picture as SVGSVGElement).viewBox.baseVal.width,
      );
      expect(12 * scale).toBeGreaterThanOrEqual(11);
      await page.close();
    }
  });

  it('prints with the wide figures on white, and on paper of its own size', async () => {
    const { page } = await open('example', { viewport: { width: 680, height: 960 }, colorScheme: 'dark' });
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
    expect(await page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor)).toBe(
      'rgb(255, 255, 255)',
    );
    expect(
      await page.$eval('figure > .wide', (picture) => picture.getBoundingClientRect().height),
    ).toBeGreaterThan(0);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(680);
    const pdf = await page.pdf({ format: 'A4' });
    expect(pdf.subarray(0, 5).toString()).toBe('%PDF-');
    await page.close();
  });

  it.each(['example', 'hostile texts'] as const)(
    '%s: every SVG file is well formed and quiet',
    async (name) => {
      const make = studies.find(([each]) => each === name)![1];
      const page = await browser.newPage();
      const faults = watch(page);
      for (const { name: figure, svg } of studyFigures(make())) {
        if (svg === null) continue;
        const file = join(folder, `${figure}.svg`);
        await writeFile(file, svg);
        await page.goto(pathToFileURL(file).href);
        expect(
          await page.evaluate(() => [
            document.documentElement.tagName,
            document.querySelectorAll('parsererror,script').length,
            document.querySelectorAll('text').length > 5,
          ]),
        ).toEqual(['svg', 0, true]);
      }
      expect(faults).toEqual([]);
      await page.close();
    },
  );

  function fileOf(name: string): string {
    return join(folder, `${name.replaceAll(' ', '-')}.html`);
  }

  async function open(
    name: string,
    options: BrowserContextOptions,
  ): Promise<{ page: Page; faults: string[] }> {
    const page = await browser.newPage(options);
    const faults = watch(page);
    await page.goto(pathToFileURL(fileOf(name)).href);
    return { page, faults };
  }

  function columnOf(page: Page, column: number): Promise<(number | null)[]> {
    return page.$$eval(
      '.sortable tbody tr',
      (rows, at) =>
        rows.map((row) => {
          const key = (row.children[at] as HTMLElement).dataset['key'];
          return key === undefined ? null : Number(key);
        }),
      column,
    );
  }
});

/** Labels of visible figures that cover each other or reach out of their figure; runs in the page. */
function clashes(): string[] {
  const found: string[] = [];
  for (const picture of Array.from(document.querySelectorAll('figure > div > svg'))) {
    const frame = picture.getBoundingClientRect();
    if (frame.height === 0) continue;
    const id = picture.closest('.figure')!.id;
    const boxes = Array.from(picture.querySelectorAll('text'))
      .filter((text) => text.textContent!.trim() !== '')
      .map((text) => ({ words: text.textContent!, box: text.getBoundingClientRect() }))
      .sort((a, b) => a.box.top - b.box.top);
    for (const [k, { words, box }] of boxes.entries()) {
      const out =
        box.left < frame.left - 2 ||
        box.right > frame.right + 2 ||
        box.top < frame.top - 2 ||
        box.bottom > frame.bottom + 2;
      if (out) found.push(`${id}: "${words}" leaves the figure`);
      for (const other of boxes.slice(k + 1)) {
        if (other.box.top >= box.bottom) break;
        const width = Math.min(box.right, other.box.right) - Math.max(box.left, other.box.left);
        const height = Math.min(box.bottom, other.box.bottom) - Math.max(box.top, other.box.top);
        if (width > 1 && height > 4) found.push(`${id}: "${words}" and "${other.words}"`);
      }
    }
  }
  return found;
}
