import type { ProgressEvent, ProgressListener } from '../progress.ts';
import type { StudyEstimate } from './estimate-study.ts';
import type { Unit } from './units.ts';

/** Turns the progress of each run into progress of the whole study, by what the runs were estimated to cost. */
export class StudyProgress {
  readonly #listener: ProgressListener;
  readonly #rows: Map<string, number>;
  #count: number;
  #begun = 0;
  #unit: Pick<Unit, 'id'> | null = null;
  /** Rows of the runs that are over, and of this one so far. */
  #before = 0;
  #inUnit = { done: 0, total: 0 };

  /** `more` runs will come that were not estimated. */
  constructor(listener: ProgressListener, units: readonly Unit[], { runs }: StudyEstimate, more: number) {
    this.#listener = listener;
    this.#rows = new Map(units.map(({ id }) => [id, runs.find((run) => run.id === id)?.cost.rows ?? 0]));
    this.#count = units.length + more;
  }

  /** A run that had been counted turns out not to be needed. */
  leaveOut(): void {
    this.#count--;
  }

  /** The next run begins; the one before is over. */
  begin(unit: Pick<Unit, 'id'>): void {
    this.#close();
    this.#unit = unit;
    this.#begun++;
  }

  /** Tells something that is worth a line. */
  note(text: string): void {
    this.#listener({ kind: 'note', text });
  }

  /** What a run tells, as part of the study. */
  readonly take = (event: ProgressEvent): void => {
    if (event.kind === 'stage') {
      const place = this.#unit === null ? '' : `[${this.#begun}/${this.#count}] ${this.#unit.id}: `;
      this.#listener({ ...event, title: place + event.title });
    } else if (event.kind === 'rows') {
      this.#inUnit = { done: event.done, total: event.total };
      this.#listener({ kind: 'rows', done: this.#before + event.done, total: this.#total() });
    } else this.#listener(event);
  };

  #close(): void {
    if (this.#unit === null) return;
    // What a run took in fact replaces its estimate: one that stopped early, or was there already, took less.
    this.#rows.set(this.#unit.id, this.#inUnit.done);
    this.#before += this.#inUnit.done;
    this.#unit = null;
    this.#inUnit = { done: 0, total: 0 };
  }

  #total(): number {
    let total = 0;
    for (const [id, rows] of this.#rows)
      total += id === this.#unit?.id ? Math.max(rows, this.#inUnit.total) : rows;
    return Math.max(total, this.#before + this.#inUnit.done);
  }
}
