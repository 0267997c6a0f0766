import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { packageVersion } from '../src/llama/library.ts';
import { resultSchema, resultVersion } from '../src/result/schema.ts';
import { studySchema, studyVersion } from '../src/result/study.ts';
import { planVersion } from '../src/store/plan.ts';

interface Locked {
  version?: string;
  optionalDependencies?: Record<string, string>;
  dependencies?: Record<string, string>;
  integrity?: string;
  optional?: boolean;
  hasInstallScript?: boolean;
}

const read = (path: string) => readFileSync(path, 'utf8');
const manifest = JSON.parse(read('package.json'));
const locked: Record<string, Locked> = JSON.parse(read('package-lock.json')).packages;
const groups = ['dependencies', 'optionalDependencies', 'devDependencies'] as const;

describe('the packages', () => {
  it.each(groups)('%s have exact versions, and the lockfile the same', (group) => {
    for (const [name, version] of Object.entries<string>(manifest[group])) {
      expect(version, name).toMatch(/^\d+\.\d+\.\d+$/);
      expect(locked[`node_modules/${name}`]?.version, name).toBe(version);
    }
    expect(locked['']).toMatchObject({ [group]: manifest[group] });
  });

  // `npm ci` refuses a lockfile that lacks a package of another platform, even where it would not install it.
  it('of every platform stand in the lockfile', () => {
    const missing = Object.entries(locked).flatMap(([path, { optionalDependencies = {} }]) =>
      Object.keys(optionalDependencies).filter((name) => !isLocked(path, name)),
    );
    expect(missing).toEqual([]);
  });

  it('of llama.cpp are all of the version that the bindings were written for', () => {
    const llama = Object.entries<string>(manifest.optionalDependencies).filter(([name]) =>
      name.startsWith('@node-llama-cpp/'),
    );
    expect(llama.length).toBeGreaterThanOrEqual(6);
    for (const [name, version] of llama) expect(version, name).toBe(packageVersion);
  });

  it('are checked by their hashes, but for platforms that are never installed here', () => {
    const unchecked = Object.entries(locked).filter(([path, { integrity }]) => path !== '' && !integrity);
    expect(unchecked.filter(([, { optional }]) => !optional).map(([path]) => path)).toEqual([]);
    for (const [path] of unchecked)
      expect(path).toMatch(/android|darwin|mac|win|musl|linux|freebsd|openharmony/);
  });

  it('need no install script: koffi has one, whose work its platform packages do', () => {
    const scripts = Object.entries(locked).filter(([, { hasInstallScript }]) => hasInstallScript);
    expect(scripts.map(([path]) => path)).toEqual(['node_modules/koffi']);
  });
});

describe('the versions', () => {
  it('agree', () => {
    const { version } = manifest;
    expect(locked['']?.version).toBe(version);
    expect(read('CITATION.cff')).toContain(`\nversion: ${version}\n`);
    expect(read('CHANGELOG.md')).toContain(`\n## ${version} `);
  });

  it('of the documents are those that docs/result.md describes', () => {
    const text = read('docs/result.md');
    expect(text).toContain(`\`steerbench.plan\`, ${planVersion} `);
    expect(text).toContain(`\`steerbench.result\`, ${resultVersion} `);
    expect(text).toContain(`\`steerbench.study\`, ${studyVersion} `);
  });
});

describe('docs/result.md', () => {
  it('names every field of the result document', () => {
    const text = sectionOf('result.json');
    const unnamed = Object.keys(resultSchema.shape).filter((field) => !text.includes(`\`${field}`));
    expect(unnamed).toEqual([]);
  });

  it('names every column of scores.parquet, in order', () => {
    const text = sectionOf('scores.parquet');
    const named = [...text.matchAll(/^\| (`\w+`(?:, `\w+`)*) \|/gm)].flatMap(
      ([, cell]) => cell!.match(/\w+/g)!,
    );
    const source = /const columns = \{([^}]*)\}/.exec(read('src/experiments/scores-table.ts'))![1]!;
    expect(named).toEqual([...source.matchAll(/(\w+):/g)].map(([, name]) => name));
  });

  it('names every field of the study document', () => {
    const text = sectionOf('study.json');
    const unnamed = Object.keys(studySchema.shape).filter((field) => !new RegExp(`\`${field}\\b`).test(text));
    expect(unnamed).toEqual([]);
  });

  function sectionOf(heading: string): string {
    return read('docs/result.md').split(`\n## ${heading}\n`)[1]!.split('\n## ')[0]!;
  }
});

describe('what is published', () => {
  it('exists and names what it must', () => {
    for (const name of manifest.files.filter((name: string) => !/^!?dist/.test(name))) {
      expect(existsSync(name), name).toBe(true);
    }
    expect(read('LICENSE')).toMatch(/^MIT License\n\nCopyright \(c\) \d{4} steerbench contributors\n/);
    expect(manifest).toMatchObject({ license: 'MIT', type: 'module', engines: { node: '>=20' } });
  });

  it('holds the data files of the built-in behaviours, and no test', () => {
    const listing = execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      shell: process.platform === 'win32',
    });
    const [{ files }] = JSON.parse(listing) as [{ files: { path: string }[] }];
    const paths = files.map(({ path }) => path);
    expect(paths).toContain('dist/behaviours/data/sentiment.jsonl');
    expect(paths).toContain('dist/dataset/catalogue/files.jsonl');
    expect(paths).toContain('dist/cli/main.js');
    expect(paths.filter((path) => /\.test\.|tsbuildinfo/.test(path))).toEqual([]);
  });
});

describe('the README', () => {
  it('has only links to files that exist, as have the other documents', () => {
    for (const document of [
      'README.md',
      'ARCHITECTURE.md',
      'CONTRIBUTING.md',
      'CHANGELOG.md',
      'docs/result.md',
      'docs/data.md',
      'docs/add-a-behaviour.md',
      'docs/serve.md',
    ]) {
      const folder = document.includes('/') ? `${document.split('/')[0]}/` : '';
      for (const [, target] of read(document).matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)) {
        expect(existsSync(`${folder}${target}`), `${document} links to ${target}`).toBe(true);
      }
    }
  });

  it('names every folder of src', () => {
    const text = read('README.md');
    const listing = execFileSync('git', ['ls-files', 'src'], { encoding: 'utf8' });
    const folders = new Set([...listing.matchAll(/^src\/([^/\n]+)\//gm)].map(([, name]) => name!));
    for (const name of folders) expect(text, name).toMatch(new RegExp(`\\b${name}/`));
  });
});

it('paths that the documents name in code marks exist', () => {
  for (const document of [
    'ARCHITECTURE.md',
    'CONTRIBUTING.md',
    'docs/result.md',
    'docs/log.md',
    'docs/data.md',
    'docs/add-a-behaviour.md',
    'docs/serve.md',
  ]) {
    for (const [, path] of read(document).matchAll(
      /`((?:src|test|bench|docs|scripts|examples)\/[\w./-]+)`/g,
    )) {
      expect(existsSync(path!), `${document} names ${path}`).toBe(true);
    }
  }
});

it('CI is a script that can be run', () => {
  if (process.platform !== 'win32') expect(statSync('.ci/run').mode & 0o111).toBe(0o111);
  expect(() => execFileSync('bash', ['-n', '.ci/run'])).not.toThrow();
});

/** Whether a package at `path` finds `name`, as Node looks for it. */
function isLocked(path: string, name: string): boolean {
  for (let base = path; ; base = base.slice(0, Math.max(0, base.lastIndexOf('node_modules/') - 1))) {
    if (locked[`${base === '' ? '' : `${base}/`}node_modules/${name}`] !== undefined) return true;
    if (base === '') return false;
  }
}
