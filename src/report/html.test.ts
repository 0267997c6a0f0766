import { expect, it } from 'vitest';
import { escapeHtml, html, visibleControls } from './html.ts';

it('escapes values in text and in attributes, and leaves its own markup', () => {
  const inner = html`<b>${'<i>'}</b>`;
  expect(html`<p title="${`"'`}">${inner} & ${'a & b'}</p>`.source).toBe(
    '<p title="&quot;&#39;"><b>&lt;i&gt;</b> & a &amp; b</p>',
  );
});

it('joins lists, writes numbers, and writes nothing for null and false', () => {
  expect(html`${[1, 'a', html`<br>`, null, false, undefined]}${0}`.source).toBe('1a<br>0');
});

it('takes nothing from data as markup, whatever its shape', () => {
  const posing = { source: '<script>' } as unknown as string;
  expect(html`${posing}`.source).toBe('[object Object]');
});

it('makes control characters and broken surrogates visible', () => {
  expect(visibleControls('a\u0000\u001b[31m\u007f\ud800b\n\tc\r\nd')).toBe('a␀␛[31m␡\ufffdb\n\tc\nd');
  expect(visibleControls('\u{1f600}')).toBe('\u{1f600}');
  expect(escapeHtml('\u0007<')).toBe('␇&lt;');
});
