/** Upper bounds of the buckets of both histograms, seconds. */
const buckets = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300];

/** What is known only when it is asked for. */
export interface Gauges {
  running: number;
  waiting: number;
  ready: boolean;
  engineRestarts: number;
}

/** Counts what the server does, as Prometheus reads it. */
export class Metrics {
  readonly #requests = new Map<string, number>();
  readonly #answers = new Map<string, number>();
  readonly #firstToken = new Histogram();
  readonly #duration = new Histogram();
  #promptTokens = 0;
  #cachedTokens = 0;
  #answerTokens = 0;

  /** A request was answered, with this status. */
  request(route: string, status: number): void {
    count(this.#requests, `route="${route}",status="${status}"`);
  }

  /** The first token of an answer came after this many seconds. */
  firstToken(seconds: number): void {
    this.#firstToken.add(seconds);
  }

  /** An answer has ended. */
  answer(reason: string, seconds: number, steered: boolean): void {
    count(this.#answers, `reason="${reason}",steered="${steered}"`);
    this.#duration.add(seconds);
  }

  /** Tokens of an answer that has ended. */
  tokens({
    promptTokens,
    cachedTokens,
    answerTokens,
  }: {
    promptTokens: number;
    cachedTokens: number;
    answerTokens: number;
  }): void {
    this.#promptTokens += promptTokens;
    this.#cachedTokens += cachedTokens;
    this.#answerTokens += answerTokens;
  }

  /** All of it, in Prometheus' text format 0.0.4. */
  text({ running, waiting, ready, engineRestarts }: Gauges): string {
    const lines = [
      ...family('requests_total', 'counter', 'HTTP requests', labelled(this.#requests)),
      ...family('answers_total', 'counter', 'Answers that have ended', labelled(this.#answers)),
      ...family('prompt_tokens_total', 'counter', 'Tokens of prompts', [['', this.#promptTokens]]),
      ...family('cached_tokens_total', 'counter', 'Tokens of prompts that the cache held', [
        ['', this.#cachedTokens],
      ]),
      ...family('answer_tokens_total', 'counter', 'Tokens generated', [['', this.#answerTokens]]),
      ...family('answers_running', 'gauge', 'Answers in the making', [['', running]]),
      ...family('answers_waiting', 'gauge', 'Answers that wait for a place', [['', waiting]]),
      ...family('engine_ready', 'gauge', 'Whether the engine takes requests', [['', Number(ready)]]),
      ...family('engine_restarts_total', 'counter', 'Times the engine ended by itself', [
        ['', engineRestarts],
      ]),
      ...family('resident_memory_bytes', 'gauge', 'Memory of the server, without the engine', [
        ['', process.memoryUsage.rss()],
      ]),
      ...this.#firstToken.family('first_token_seconds', 'Time from the request to the first token'),
      ...this.#duration.family('answer_seconds', 'Time from the request to the end of an answer'),
    ];
    return `${lines.join('\n')}\n`;
  }
}

class Histogram {
  readonly #counts = buckets.map(() => 0);
  #sum = 0;
  #count = 0;

  add(seconds: number): void {
    for (const [place, bound] of buckets.entries()) if (seconds <= bound) this.#counts[place]!++;
    this.#sum += seconds;
    this.#count++;
  }

  family(name: string, help: string): string[] {
    return [
      ...heading(name, 'histogram', help),
      ...buckets.map((bound, place) => `steerbench_${name}_bucket{le="${bound}"} ${this.#counts[place]}`),
      `steerbench_${name}_bucket{le="+Inf"} ${this.#count}`,
      `steerbench_${name}_sum ${this.#sum}`,
      `steerbench_${name}_count ${this.#count}`,
    ];
  }
}

function family(name: string, type: string, help: string, values: [string, number][]): string[] {
  return [
    ...heading(name, type, help),
    ...values.map(([labels, value]) => `steerbench_${name}${labels} ${value}`),
  ];
}

function heading(name: string, type: string, help: string): string[] {
  return [`# HELP steerbench_${name} ${help}.`, `# TYPE steerbench_${name} ${type}`];
}

function labelled(counts: Map<string, number>): [string, number][] {
  return [...counts].map(([labels, value]) => [`{${labels}}`, value]);
}

function count(counts: Map<string, number>, labels: string): void {
  counts.set(labels, (counts.get(labels) ?? 0) + 1);
}
