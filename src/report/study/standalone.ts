import type { KeyEntry } from '../../plots/figure.ts';
import { palette } from '../../plots/palette.ts';
import type { StudyPicture } from '../../plots/study/study-figure.ts';
import { wrapText } from '../../plots/study/text-width.ts';
import { escapeHtml, visibleControls } from '../html.ts';

const edge = 20;
/** Bold letters are wider than those that lines are broken by. */
const bold = 1.14;

/**
 * A figure as a file of its own: colours resolved, on white, with its title, units, key and reading above and below
 * the drawing, so that it can be read, printed and placed anywhere.
 */
export function standaloneSvg(figure: StudyPicture): string {
  const drawing = resolveColours(figure.draw('wide'));
  const size = /^<svg[^>]*? viewBox="0 0 ([\d.]+) ([\d.]+)"/.exec(drawing);
  if (size === null) throw new TypeError(`"${figure.id}" was drawn without a size`);
  const [width, height] = [Number(size[1]), Number(size[2])];
  const lines: string[] = [];
  let y = edge + 8;
  const write = (words: string, fontSize: number, style: string, room = width) => {
    for (const line of wrapText(words, room, fontSize)) {
      lines.push(
        `<text x="${edge}" y="${round(y)}" font-size="${fontSize}" ${style}>${escapeHtml(line)}</text>`,
      );
      y += fontSize * 1.35;
    }
  };
  write(figure.title, 16, `font-weight="650" fill="${palette.ink.light}"`, width / bold);
  y += 2;
  write(figure.note, 12, `fill="${palette.muted.light}"`);
  if (figure.key.length > 0) {
    lines.push(keyLines(figure.key, width, y));
    y += keyHeight(figure.key, width);
  }
  const top = y;
  y += height + 18;
  write(figure.help, 12, `fill="${palette.muted.light}"`);
  const total = Math.ceil(y + edge - 10);
  // The drawing keeps its own title and description, which name it for those who cannot see it.
  const placed = drawing.replace('<svg', `<svg x="${edge}" y="${round(top)}"`);
  return visibleControls(
    [
      `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width + 2 * edge} ${total}" width="${width + 2 * edge}" height="${total}" color="${palette.ink.light}" font-family="system-ui, sans-serif">`,
      `<title>${escapeHtml(figure.title)}</title>`,
      `<rect width="100%" height="100%" fill="${palette.paper.light}"/>`,
      ...lines,
      placed,
      '</svg>\n',
    ].join('\n'),
  );
}

/** The light colour in place of each of the page's variables. */
function resolveColours(svg: string): string {
  return svg.replace(/var\(--[a-z]+, (#[0-9a-f]{6})\)/g, '$1');
}

/** The key in as many lines as it needs: a coloured glyph, then its words. */
function keyLines(key: KeyEntry[], width: number, top: number): string {
  return placeKey(key, width)
    .map(
      ({ glyph, colour, text, x, line }) =>
        `<text x="${round(edge + x)}" y="${round(top + 6 + line * 18)}" font-size="12" fill="${palette.ink.light}"><tspan fill="${palette[colour].light}">${escapeHtml(glyph)}</tspan> ${escapeHtml(text)}</text>`,
    )
    .join('\n');
}

function keyHeight(key: KeyEntry[], width: number): number {
  return (Math.max(...placeKey(key, width).map(({ line }) => line)) + 1) * 18;
}

function placeKey(key: KeyEntry[], width: number) {
  let [x, line] = [0, 0];
  return key.map((entry) => {
    const room = 20 + entry.text.length * 7;
    if (x > 0 && x + room > width) [x, line] = [0, line + 1];
    const placed = { ...entry, x, line };
    x += room + 14;
    return placed;
  });
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
