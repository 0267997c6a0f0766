import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';

/**
 * Number of physical cores this process may use: decoding gains nothing from a second thread on a core.
 *
 * Falls back on the number of logical processors where the system does not tell.
 */
export function physicalCores(): number {
  const allowed = availableParallelism();
  const found =
    process.platform === 'linux' ? linuxCores() : process.platform === 'darwin' ? macCores() : null;
  return Math.max(1, Math.min(allowed, found ?? allowed));
}

/** Distinct (physical id, core id) pairs of /proc/cpuinfo; null where it has none, as on most ARM machines. */
function linuxCores(): number | null {
  try {
    const cores = new Set<string>();
    let socket = '';
    for (const line of readFileSync('/proc/cpuinfo', 'utf8').split('\n')) {
      const [key, value] = line.split(':').map((part) => part.trim());
      if (key === 'physical id') socket = value ?? '';
      if (key === 'core id') cores.add(`${socket}/${value}`);
    }
    return cores.size > 0 ? cores.size : null;
  } catch {
    return null;
  }
}

function macCores(): number | null {
  try {
    return Number(execFileSync('sysctl', ['-n', 'hw.physicalcpu'], { encoding: 'utf8' })) || null;
  } catch {
    return null;
  }
}
