// Makes docs/report.png, the README's picture: node scripts/report-picture.mjs runs/sentiment/report.html
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';

const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';
const [report] = process.argv.slice(2);
const picture = fileURLToPath(new URL('../docs/report.png', import.meta.url));
const width = 1280;
/** The picture ends below the first figure, if that lies within this height. */
const mostHeight = 2000;
const plainHeight = 1400;

if (report === undefined || !existsSync(report)) {
  console.error(
    `report-picture: there is no report at "${report ?? ''}"; run an audit first, then give its report.html.`,
  );
  process.exit(1);
}
if (!existsSync(executablePath)) {
  console.error(
    `report-picture: there is no Chromium at "${executablePath}"; install it, or set CHROMIUM to its path.`,
  );
  process.exit(1);
}

const browser = await chromium.launch({
  executablePath,
  args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-background-networking'],
});
try {
  const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme: 'light' });
  await page.goto(pathToFileURL(resolve(report)).href);
  const end = await page.evaluate(() => {
    const figure = document.querySelector('figure');
    return figure === null ? Number.POSITIVE_INFINITY : Math.ceil(figure.getBoundingClientRect().bottom) + 4;
  });
  const pageHeight = await page.evaluate(() => document.documentElement.scrollHeight);
  const height = Math.min(pageHeight, end <= mostHeight ? end : plainHeight);
  await page.screenshot({ path: picture, fullPage: true, clip: { x: 0, y: 0, width, height } });
  console.log(`${picture}: ${width} x ${height}`);
} finally {
  await browser.close();
}
