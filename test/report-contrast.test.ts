import { describe, expect, it } from 'vitest';
import { fullTint } from '../src/plots/ood-heat-map.ts';
import { renderReport } from '../src/report/report.ts';
import { exampleResult } from './support/example-result.ts';

const css = /<style>([\s\S]*?)<\/style>/.exec(renderReport(exampleResult()))![1]!;
const [light, dark] = [...css.matchAll(/:root\{([^}]*)\}/g)].map(([, body]) =>
  Object.fromEntries(
    [...body!.matchAll(/--([a-z]+):(#[0-9a-f]{6})/g)].map(([, name, value]) => [name, value!]),
  ),
);

describe.each([
  ['light', light!],
  ['dark', dark!],
])('%s', (_scheme, colours) => {
  it.each(['ink', 'muted', 'accent', 'warning', 'second', 'third'])(
    'has 4.5:1 for text in "%s" on paper and panel',
    (name) => {
      for (const ground of ['paper', 'panel']) {
        expect(contrast(colours[name]!, colours[ground]!)).toBeGreaterThanOrEqual(4.5);
      }
    },
  );

  it.each(['accent', 'warning'])('has 4.5:1 for numbers on the strongest "%s" of a heat map', (name) => {
    expect(
      contrast(colours['ink']!, blend(colours[name]!, colours['paper']!, fullTint)),
    ).toBeGreaterThanOrEqual(4.5);
  });
});

it('defines every colour that it uses, in both schemes', () => {
  const used = new Set([...css.matchAll(/var\(--([a-z]+)\)/g)].map(([, name]) => name!));
  expect(used.size).toBeGreaterThan(4);
  for (const name of used) expect([name in light!, name in dark!]).toEqual([true, true]);
});

it('computes contrast as the standard does', () => {
  expect(contrast('#000000', '#ffffff')).toBeCloseTo(21, 10);
  expect(contrast('#777777', '#ffffff')).toBeCloseTo(4.48, 2);
});

/** A colour of the given opacity on a ground. */
function blend(colour: string, ground: string, opacity: number): string {
  const mixed = [1, 3, 5].map((at) => {
    const [over, under] = [colour, ground].map((hex) => Number.parseInt(hex.slice(at, at + 2), 16));
    return Math.round(opacity * over! + (1 - opacity) * under!)
      .toString(16)
      .padStart(2, '0');
  });
  return `#${mixed.join('')}`;
}

/** Contrast ratio of WCAG 2.2, from relative luminance. */
function contrast(a: string, b: string): number {
  const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

function luminance(hex: string): number {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const channel = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
