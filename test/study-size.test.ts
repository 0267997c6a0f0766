import { expect, it } from 'vitest';
import { renderStudy } from '../src/report/study/study-page.ts';
import { largeStudy } from './support/study-variants.ts';

// In a file of its own: what other tests keep in memory would count as time of collecting garbage.
it('stays under 15 MB for 40 datasets on three models, and draws them in seconds', () => {
  const study = largeStudy();
  const before = process.cpuUsage();
  const page = renderStudy(study);
  const { user, system } = process.cpuUsage(before);
  expect(page.length).toBeLessThan(15e6);
  // Time of this process, so that a busy machine hardly counts; a quiet one takes 4 to 5 s.
  expect((user + system) / 1e6).toBeLessThan(15);
}, 120_000);
