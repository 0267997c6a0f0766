import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { renderReport } from '../../src/report/report.ts';
import type { Result } from '../../src/result/schema.ts';
import { isLeftOut, launchChromium, watch, widthsOf, windows } from '../support/chromium.ts';
import { multipleChoice } from '../support/example-letters.ts';
import { exampleResult } from '../support/example-result.ts';
import { hostileResult } from '../support/hostile-result.ts';
import {
  evaluation,
  experimentOf,
  extraction,
  nothingComputed,
  notMeasurable,
  sweep,
  wholeStudy,
  withheld,
  withoutIntervals,
} from '../support/result-variants.ts';

const reports: [string, Result][] = [
  ['audit', exampleResult()],
  ['hostile texts', hostileResult()],
  ['audit that stopped', notMeasurable()],
  ['sweep', sweep()],
  ['extraction', extraction()],
  ['evaluation', evaluation()],
  ['audit with letters', multipleChoice()],
  ['study of one behaviour', wholeStudy()],
  ['experiment of layers', experimentOf('layers')],
  ['experiment of prompts', experimentOf('ood')],
  ['texts withheld', withheld()],
  ['no interval', withoutIntervals()],
  ['no estimate', nothingComputed()],
];

describe.skipIf(isLeftOut('report'))('the report in Chromium', () => {
  let browser: Browser;
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'steerbench-report-'));
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser?.close();
    await rm(folder, { recursive: true, force: true });
  });

  describe.each(reports)('%s', (name, result) => {
    it.each(windows)(
      'at %d pixels, %s: quiet, alone, no wider than the window',
      async (width, colorScheme) => {
        const page = await browser.newPage({ viewport: { width, height: 844 }, colorScheme });
        const faults = watch(page);
        await open(page, name, result);
        const { needed, given } = await widthsOf(page);
        expect(needed).toBeLessThanOrEqual(given);
        expect(await page.evaluate(() => document.scripts.length)).toBe(0);
        expect(await page.evaluate(strayTexts)).toEqual([]);
        expect(faults).toEqual([]);
        await page.close();
      },
    );
  });

  it('shows one layout of each figure, its text at least 11 pixels high', async () => {
    for (const [width, shown] of [
      [1280, 'wide'],
      [390, 'narrow'],
    ] as const) {
      const page = await browser.newPage({ viewport: { width, height: 844 } });
      await open(page, 'audit', exampleResult());
      const visible = await page.$$eval('figure > div', (all) =>
        all.filter((picture) => picture.getBoundingClientRect().height > 0).map(({ className }) => className),
      );
      expect(visible).toEqual(Array(13).fill(shown));
      const scale = await page.$eval(
        `figure > .${shown} > svg`,
        (picture) => picture.getBoundingClientRect().width / (picture as SVGSVGElement).viewBox.baseVal.width,
      );
      const sizes = await page.$$eval(`figure > .${shown} text`, (all) =>
        all.map((text) => Number.parseFloat(getComputedStyle(text).fontSize)),
      );
      expect(scale * Math.min(...sizes)).toBeGreaterThanOrEqual(10.9);
      await page.close();
    }
  });

  it('scrolls wide tables in their own container', async () => {
    const page = await browser.newPage({ viewport: { width: 390, height: 844 } });
    await open(page, 'audit', exampleResult());
    await page.$$eval('details', (all) => all.map((details) => details.setAttribute('open', '')));
    const overflow = await page.$$eval(
      '.scroll',
      (all) => all.filter((box) => box.scrollWidth > box.clientWidth).length,
    );
    expect(overflow).toBeGreaterThan(0);
    await page.close();
  });

  it('prints with the wide figures on white', async () => {
    const page = await browser.newPage({ viewport: { width: 680, height: 960 }, colorScheme: 'dark' });
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
    await open(page, 'audit', exampleResult());
    expect(await page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor)).toBe(
      'rgb(255, 255, 255)',
    );
    expect(
      await page.$eval('figure > .wide', (picture) => picture.getBoundingClientRect().height),
    ).toBeGreaterThan(0);
    await page.close();
  });

  async function open(page: Page, name: string, result: Result): Promise<void> {
    const file = join(folder, `${name.replaceAll(' ', '-')}.html`);
    await writeFile(file, renderReport(result));
    await page.goto(pathToFileURL(file).href);
  }
});

/** Texts of the shown figures that stick out of their picture, which a file of the picture alone would cut off. */
function strayTexts(): string[] {
  return Array.from(document.querySelectorAll('figure > div > svg')).flatMap((picture) => {
    const frame = picture.getBoundingClientRect();
    if (frame.width === 0) return [];
    return Array.from(picture.querySelectorAll('text')).flatMap((text) => {
      const box = text.getBoundingClientRect();
      const inside =
        box.left >= frame.left - 2 &&
        box.right <= frame.right + 2 &&
        box.top >= frame.top - 2 &&
        box.bottom <= frame.bottom + 2;
      return inside ? [] : [`${picture.getAttribute('aria-labelledby')}: ${text.textContent}`];
    });
  });
}
