import { Environment, Interpreter, Template } from '@huggingface/jinja';

/** A compiled chat template. */
export interface CompiledTemplate {
  /** Renders with `variables`; throws what the template raises. */
  render(variables: Record<string, unknown>): string;
  /** True once a rendering has asked for the date. */
  usedDate(): boolean;
}

/** The date that templates are given: a clock would make the prompt depend on the day of the run. */
export const fixedDate = '2024-07-26';

/**
 * Compiles a Jinja chat template as the usual tools do (`trim_blocks`, `lstrip_blocks`), with their global functions
 * `raise_exception`, `range`, and `strftime_now` for {@link fixedDate}.
 *
 * The package's own `render` has a clock that cannot be replaced, so its parts are put together here.
 *
 * @throws SyntaxError for a template that cannot be parsed.
 */
export function compileTemplate(source: string): CompiledTemplate {
  const program = new Template(source).parsed;
  let dateUsed = false;
  const globals = {
    true: true,
    True: true,
    false: false,
    False: false,
    none: null,
    None: null,
    raise_exception: (message: string) => {
      throw new Error(message);
    },
    range,
    strftime_now: (format: string) => {
      dateUsed = true;
      return formatDate(format);
    },
  };
  return {
    render: (variables) => {
      const environment = new Environment();
      for (const [name, value] of Object.entries({ ...globals, ...variables })) environment.set(name, value);
      return String(new Interpreter(environment).run(program).value);
    },
    usedDate: () => dateUsed,
  };
}

function range(first: number, end?: number, step = 1): number[] {
  const [start, stop] = end === undefined ? [0, first] : [first, end];
  const length = Math.max(0, Math.ceil((stop - start) / step));
  return Array.from({ length }, (_, i) => start + i * step);
}

/** The codes of `strftime` that chat templates use, for the fixed date at midnight. */
function formatDate(format: string): string {
  const [year, month, day] = fixedDate.split('-') as [string, string, string];
  const parts: Record<string, string> = {
    Y: year,
    m: month,
    d: day,
    b: 'Jul',
    B: 'July',
    A: 'Friday',
    a: 'Fri',
    H: '00',
    M: '00',
    S: '00',
    '%': '%',
  };
  return format.replaceAll(/%(.)/g, (code, letter: string) => parts[letter] ?? code);
}
