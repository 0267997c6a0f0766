import type { CommandWords, OptionWords } from './words.ts';

/** A completion script for fish. */
export function fishScript(commands: readonly CommandWords[]): string {
  return `# fish completion for steerbench; made by \`steerbench completion fish\`
function __steerbench_at
    set -l words (commandline -opc)
    set -l found
    for word in $words[2..-1]
        contains -- "$found $word" ${commands
          .filter(({ path }) => path !== '')
          .map(({ path }) => quote(` ${path}`))
          .join(' ')}; and set found "$found $word"
    end
    test "$found" = "$argv[1]"
end
complete -c steerbench -f
${commands.flatMap(linesOf).join('\n')}
`;
}

function linesOf({ path, options, commands, argument }: CommandWords): string[] {
  const start = `complete -c steerbench -n ${quote(`__steerbench_at "${path === '' ? '' : ` ${path}`}"`)}`;
  const lines = commands.map(
    ({ name, description }) => `${start} -a ${name} -d ${quote(plain(description))}`,
  );
  if (argument !== null) {
    const files = argument.files ? ' -F' : '';
    const words = argument.words.length > 0 ? ` -a ${quote(argument.words.join(' '))}` : '';
    lines.push(start + files + words);
  }
  return [...lines, ...options.map((option) => start + optionOf(option))];
}

function optionOf({ names, description, value }: OptionWords): string {
  const forms = names.map((name) =>
    name.startsWith('--') ? ` -l ${name.slice(2)}` : ` -s ${name.slice(1)}`,
  );
  const words = value !== null && value.words.length > 0 ? ` -a ${quote(value.words.join(' '))}` : '';
  const kind = value === null ? '' : value.files ? ' -rF' : ' -x';
  return `${forms.join('')}${kind}${words} -d ${quote(description)}`;
}

function quote(text: string): string {
  return `'${text}'`;
}

function plain(text: string): string {
  return text.replaceAll(/['\\]/g, '');
}
