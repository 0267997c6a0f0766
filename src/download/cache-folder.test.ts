import { expect, it } from 'vitest';
import { cacheFolder } from './cache-folder.ts';

it('is where the platform keeps caches', () => {
  expect(cacheFolder({ HOME: '/home/a' }, 'linux')).toBe('/home/a/.cache/steerbench');
  expect(cacheFolder({ HOME: '/home/a', XDG_CACHE_HOME: '/x' }, 'linux')).toBe('/x/steerbench');
  expect(cacheFolder({ HOME: '/Users/a' }, 'darwin')).toBe('/Users/a/Library/Caches/steerbench');
  expect(cacheFolder({ LOCALAPPDATA: '/local' }, 'win32')).toBe('/local/steerbench');
  expect(cacheFolder({ HOME: '/home/a', STEERBENCH_CACHE: '/mine', XDG_CACHE_HOME: '/x' }, 'linux')).toBe(
    '/mine',
  );
});
