import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { serveCommand } from '../src/cli/commands/serve.ts';
import { routes } from '../src/server/route-table.ts';

const page = readFileSync('docs/serve.md', 'utf8');
const blocks = [...page.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map(([, language, code]) => ({
  language: language!,
  code: code!,
}));
const example = (name: string) => readFileSync(`examples/${name}`, 'utf8');
/** The examples as the page writes them, with the address in place of a variable. */
const sources: Record<string, string> = {
  sh: example('serve.sh')
    .replaceAll(/"\$url([\w/]+)"/g, 'http://127.0.0.1:8080$1')
    .replaceAll(" -w '\\n'", ''),
  js: example('serve-openai.mjs'),
  python: example('serve-openai.py'),
};

describe('docs/serve.md', () => {
  it('shows code that the examples run', () => {
    const shown = blocks.filter(({ language, code }) => language in sources && !/^(npm|pip) /.test(code));
    expect(shown.map(({ language }) => language).sort()).toEqual([
      'js',
      'js',
      'python',
      'sh',
      'sh',
      'sh',
      'sh',
    ]);
    for (const { language, code } of shown) expect(sources[language]).toContain(code);
  });

  it('has every route, and no other', () => {
    const named = [...page.matchAll(/`(GET|POST|PUT) (\/[\w/{}.]*)`/g)].map(
      ([, method, path]) => `${method} ${path}`,
    );
    const served = routes.filter(({ path }) => path !== '/v1/embeddings');
    expect([...new Set(named)].sort()).toEqual(
      [...served.map(({ method, path }) => `${method} ${path}`), 'GET /openapi.json'].sort(),
    );
  });

  it('states the defaults that the command has', () => {
    const of = (name: string) => serveCommand().options.find(({ long }) => long === name)!.defaultValue;
    for (const [name, unit] of [
      ['--max-body', ' MiB'],
      ['--timeout', ' s'],
      ['--streams', ''],
      ['--queue', ''],
    ] as const)
      expect(page).toContain(`\`${name}\`, ${of(name)}${unit}`);
    expect(page).toContain(`\`--grace\` seconds (${of('--grace')})`);
  });

  it('names options that there are', () => {
    const known = serveCommand().options.map(({ long }) => long);
    // Of lm-evaluation-harness.
    known.push('--model_args', '--gen_kwargs');
    const named = [...page.matchAll(/`(--[a-z_-]+)/g)].map(([, option]) => option);
    expect(named.length).toBeGreaterThan(10);
    expect(named.filter((option) => !known.includes(option))).toEqual([]);
  });
});
