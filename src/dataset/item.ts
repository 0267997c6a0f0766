/** How an item is put to the model: by answer letters, or by the answers' own text. */
export type Format = 'multiple-choice' | 'completion';

/** An answer letter of the multiple-choice format. */
export type Letter = 'A' | 'B';

/** The word behind the positive letter, where the options are Yes and No. */
export type Word = 'Yes' | 'No';

/** The multiple-choice form of an item: a question that ends with its two lettered options. */
export interface MultipleChoice {
  /** Question with `(A)` and `(B)` options, as the model gets it. */
  prompt: string;
  /** Letter of the answer that matches the behaviour. */
  positive: Letter;
  /** `Yes` or `No` behind the positive letter; null where the options are other texts. */
  word: Word | null;
}

/** The completion form of an item: a prompt and two free answers. */
export interface Completion {
  prompt: string;
  positive: string;
  negative: string;
}

/** One line of a behaviour's dataset, in each format it can take. */
export interface Item {
  /** 0-based line (or array index) in the source. */
  index: number;
  /** Null where the item has no multiple-choice form. */
  multipleChoice: MultipleChoice | null;
  /** Null where the item has no completion form. */
  completion: Completion | null;
  /** What the line says besides, as texts by field, to divide items into groups; absent where it says nothing. */
  metadata?: Readonly<Record<string, string>>;
}

/** A contrast dataset: items that show one behaviour and its opposite. */
export interface Behaviour {
  /** Name in reports: the file's name without its extension, or the built-in name. */
  name: string;
  /** Where the items came from: `built-in`, the whole name of a public dataset, or an absolute path. */
  source: string;
  /** Shape of the raw lines. */
  family: 'pairs' | 'mwe-persona' | 'mwe-ai-risk' | 'caa' | 'processed';
  /** Sha256 of the source bytes, hexadecimal. */
  hash: string;
  items: Item[];
  /** What the loader had to change or leave out, one sentence each. */
  notes: string[];
}
