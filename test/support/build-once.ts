import { execFileSync } from 'node:child_process';

/** Builds `dist/` before any test: the engine's child process and the CLI run compiled files. */
export default function buildOnce(): void {
  execFileSync(process.execPath, ['scripts/build.mjs'], { stdio: 'inherit' });
}
