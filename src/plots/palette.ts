/** One colour of the report in each scheme. */
export interface Colour {
  light: string;
  dark: string;
}

/**
 * The report's colours, hexadecimal; every one that carries text has a contrast of at least 4.5:1 on `paper` and on
 * `panel`. Blue against orange stays apart for every kind of colour vision; `second` and `third` mark further series,
 * always with a shape of their own.
 */
export const palette = {
  paper: { light: '#ffffff', dark: '#15181b' },
  panel: { light: '#f5f6f7', dark: '#1d2125' },
  ink: { light: '#1b1f24', dark: '#e4e7ea' },
  muted: { light: '#59616b', dark: '#a0a8b1' },
  rule: { light: '#d8dce1', dark: '#353b42' },
  accent: { light: '#175ea8', dark: '#7fb3f0' },
  warning: { light: '#ad3f08', dark: '#f09a63' },
  second: { light: '#7a3b9e', dark: '#cda3ec' },
  third: { light: '#0a6b5f', dark: '#63c7b8' },
} satisfies Record<string, Colour>;

/** Name of a colour of the palette. */
export type ColourName = keyof typeof palette;

/** The colour as a style value: the page's own variable, or the light colour where the SVG stands alone. */
export function colour(name: ColourName): string {
  return `var(--${name}, ${palette[name].light})`;
}
