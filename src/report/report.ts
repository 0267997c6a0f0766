import type { Result } from '../result/schema.ts';
import { Footnotes } from './footnotes.ts';
import { html } from './html.ts';
import type { Section } from './section.ts';
import { biasSection } from './sections/bias.ts';
import { checksSection } from './sections/checks.ts';
import { competenceSection } from './sections/competence.ts';
import { damageSection } from './sections/damage.ts';
import { freeAnswersSection } from './sections/free-answers.ts';
import { headerSection } from './sections/header.ts';
import { intervalsSection } from './sections/intervals.ts';
import { itemsSection } from './sections/items.ts';
import { layersSection } from './sections/layers.ts';
import { methodSection } from './sections/method.ts';
import { noiseSection } from './sections/noise.ts';
import { notMeasuredSection } from './sections/not-measured.ts';
import { promptsSection } from './sections/prompts.ts';
import { provenanceSection } from './sections/provenance.ts';
import { seenTextSection } from './sections/seen-text.ts';
import { steeringSection } from './sections/steering.ts';
import { summarySection } from './sections/summary.ts';
import { styles } from './styles.ts';

/** Sections in their order on the page. The intervals come last: they explain the marks of those before. */
const sections: Section[] = [
  headerSection,
  summarySection,
  steeringSection,
  promptsSection,
  biasSection,
  noiseSection,
  itemsSection,
  damageSection,
  freeAnswersSection,
  layersSection,
  competenceSection,
  seenTextSection,
  checksSection,
  notMeasuredSection,
  methodSection,
  provenanceSection,
  intervalsSection,
];

/**
 * The report as one HTML file: no script, nothing from a network, readable on a phone and on paper.
 *
 * All texts of the result are treated as hostile and escaped; the page's own policy forbids scripts and requests.
 *
 * @example
 * await writeFile('runs/sentiment/report.html', renderReport(result));
 */
export function renderReport(result: Result): string {
  const footnotes = new Footnotes();
  // In order, because the footnotes number themselves by first use.
  const body = sections.map((section) => section(result, footnotes));
  const title = `${result.behaviour.title} on ${result.model.name}: ${result.verdict?.kind ?? result.experiment} (steerbench)`;
  const page = html`<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="steerbench ${result.versions.steerbench}">
<title>${title}</title>
<style>${styles}</style>
</head>
<body>
<main>
${body}
</main>
<footer><p>Made by steerbench ${result.versions.steerbench} from <code>result.json</code>; every number on this page is in that file.</p></footer>
</body>
</html>
`;
  return `<!doctype html>\n${page.source}`;
}
