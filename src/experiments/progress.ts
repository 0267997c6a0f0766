/** What a run tells while it works. */
export type ProgressEvent =
  /** A stage begins. `rows`: rows it will decode, estimated. */
  | { kind: 'stage'; stage: string; title: string; rows: number }
  /** Rows decoded; of how many in the whole run, estimated. */
  | { kind: 'rows'; done: number; total: number }
  /** Something to know. */
  | { kind: 'note'; text: string };

/** Receives what a run tells. */
export type ProgressListener = (event: ProgressEvent) => void;

/** Counts the rows of a run over its stages. */
export class Progress {
  readonly #listener: ProgressListener;
  readonly #expected = new Map<string, number>();
  #done = 0;
  #stage: string | null = null;
  #doneInStage = 0;

  constructor(listener: ProgressListener) {
    this.#listener = listener;
  }

  /** Announces what a stage will decode, before the run comes to it. */
  expect(stage: string, rows: number): void {
    this.#expected.set(stage, rows);
  }

  /** A stage begins; the one before is over. */
  begin(stage: string, title: string): void {
    this.#closeStage();
    this.#stage = stage;
    this.#doneInStage = 0;
    this.#listener({ kind: 'stage', stage, title, rows: this.#expected.get(stage) ?? 0 });
  }

  /** Rows were decoded. */
  rows(count: number): void {
    this.#done += count;
    this.#doneInStage += count;
    this.#listener({ kind: 'rows', done: this.#done, total: this.#total() });
  }

  /** Tells something that is worth a line. */
  note(text: string): void {
    this.#listener({ kind: 'note', text });
  }

  /** A stage that is over took what it took: cells that were there already count as done. */
  #closeStage(): void {
    if (this.#stage === null) return;
    const expected = this.#expected.get(this.#stage) ?? 0;
    this.#done += Math.max(0, expected - this.#doneInStage);
    this.#expected.set(this.#stage, Math.max(expected, this.#doneInStage));
    this.#stage = null;
  }

  #total(): number {
    let total = 0;
    for (const rows of this.#expected.values()) total += rows;
    return Math.max(total, this.#done);
  }
}
