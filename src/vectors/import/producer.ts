import type { ProducerName } from './producer-names.ts';
import type { Layout, StoredFile } from './stored-file.ts';

/** What of a model decides between readings. */
export interface ModelShape {
  /** Number of decoder blocks. */
  blocks: number;
}

/** A tool that writes vector files, and what it means by them. Blocks are 0-based. */
export interface Producer {
  name: ProducerName;
  /** Name and repository, for people. */
  title: string;
  layouts: readonly Layout[];
  /**
   * What in a file of one of its layouts shows that this tool can have written it; null where it cannot. Absent: it is
   * read this way only where that is asked for.
   */
  recognise?: (file: StoredFile, model: ModelShape | null) => string | null;
  /** What speaks against reading a file this way although it was asked for; null for nothing. */
  contradiction?: (file: StoredFile, model: ModelShape | null) => string | null;
  /** What a number N of the file means. */
  index: {
    /** Number N was measured at the output of block N + `measured`. */
    measured: 0 | -1;
    /** The tool that uses the file adds it at the output of block N + `applied`. */
    applied: 0 | -1;
    /** The same in words. */
    rule: string;
  };
  /** Who adds it there, for warnings. */
  appliedBy: string;
  /** `toward-positive`: adding it raises what the positive texts show. `unknown`: nothing in the file tells. */
  sign: 'toward-positive' | 'unknown';
  /** What the sign means, in words. */
  signNote: string;
  /** What the length of a vector means, in words. */
  lengthNote: string;
  /** Whether what it measures at the model's last block is the state after the final norm. */
  lastAfterFinalNorm: boolean;
  /** What else a user must know, one sentence each. */
  warnings: (file: StoredFile) => string[];
}
