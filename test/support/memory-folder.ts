import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';

/**
 * Where many small files can be written: in memory where the system has a place for it (Linux), since every file of ours
 * is flushed to its disk, and a busy disk takes a second for that.
 */
export const memoryFolder = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();
