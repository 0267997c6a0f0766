import { existsSync } from 'node:fs';
import { type Browser, chromium, type Page } from 'playwright-core';

const executablePath = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
const present = existsSync(executablePath);

/** Whether tests of a page are left out, saying so: where CI is set they run without Chromium too, and fail for want of it. */
export function isLeftOut(what: string): boolean {
  const leftOut = !present && process.env['CI'] !== 'true';
  if (leftOut)
    console.warn(`The ${what} was not tested in a browser: there is no Chromium at "${executablePath}".`);
  return leftOut;
}

/** Starts Chromium without a window. */
export function launchChromium(): Promise<Browser> {
  const args = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-background-networking'];
  return chromium.launch({ executablePath, args });
}

/** Widths and colours that every page is opened in. */
export const windows = [
  [1280, 'light'],
  [1280, 'dark'],
  [390, 'light'],
  [390, 'dark'],
] as const;

/** With everything unfolded, the width that a page needs and the width that it has. */
export async function widthsOf(page: Page): Promise<{ needed: number; given: number }> {
  await page.$$eval('details', (all) => all.map((details) => details.setAttribute('open', '')));
  return page.evaluate(() => ({
    needed: document.documentElement.scrollWidth,
    given: document.documentElement.clientWidth,
  }));
}

/** Collects console errors, page errors, dialogs and every request but the page's own. */
export function watch(page: Page): string[] {
  const faults: string[] = [];
  page.on('console', (message) => faults.push(`console ${message.type()}: ${message.text()}`));
  page.on('pageerror', (error) => faults.push(`error: ${error.message}`));
  page.on('dialog', (dialog) => {
    faults.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('request', (request) => {
    if (!request.isNavigationRequest()) faults.push(`request: ${request.url()}`);
  });
  return faults;
}
