import { Command } from 'commander';
import { choiceNames, choices } from '../../experiments/profiles.ts';

/**
 * `steerbench choices`: the disputed details of the published runs, and what each profile takes.
 *
 * @example
 * program.addCommand(choicesCommand());
 */
export function choicesCommand(): Command {
  return new Command('choices')
    .description('show what the profiles "corrected" and "paper" choose, and what --set can override')
    .option('--json', 'print one JSON document')
    .action(show);
}

function show({ json }: { json?: boolean }): void {
  const rows = choiceNames.map((name) => {
    const { corrected, paper, values, meaning } = choices[name];
    return { name, corrected, paper, values: Object.keys(values), meaning };
  });
  if (json) {
    process.stdout.write(`${JSON.stringify(rows, null, 2)}\n`);
    return;
  }
  const width = (of: (row: (typeof rows)[number]) => string) =>
    Math.max(...rows.map((row) => of(row).length));
  const [names, left, right] = [
    width(({ name }) => name),
    width(({ corrected }) => corrected),
    width(({ paper }) => paper),
  ];
  const line = (name: string, corrected: string, paper: string) =>
    `${name.padEnd(names)}  ${corrected.padEnd(left)}  ${paper.padEnd(right)}`.trimEnd();
  const lines = [line('choice', 'corrected', 'paper')];
  for (const { name, corrected, paper, values, meaning } of rows) {
    lines.push(line(name, corrected, paper), `    ${meaning}`, `    one of ${values.join(', ')}`);
  }
  process.stdout.write(`${lines.join('\n')}\n`);
}
