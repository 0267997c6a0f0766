import type { CommandWords, OptionWords } from './words.ts';

/** A completion script for zsh. */
export function zshScript(commands: readonly CommandWords[]): string {
  return `#compdef steerbench
# zsh completion for steerbench; made by \`steerbench completion zsh\`
${commands.map(functionOf).join('\n')}
if [[ $funcstack[1] == _steerbench ]]; then _steerbench "$@"; else compdef _steerbench steerbench; fi
`;
}

function functionOf({ path, options, commands, argument }: CommandWords): string {
  const specs = options.map(optionSpec);
  if (commands.length === 0) {
    if (argument !== null) specs.push(`'1:argument:${valueSpec(argument)}'`);
    return `${nameOf(path)}() {\n  _arguments -s ${specs.join(' \\\n    ')}\n}`;
  }
  const menu = commands.map(({ name, description }) => `'${name}:${plain(description)}'`);
  const cases = commands.map(({ name }) => `      ${name}) ${nameOf(`${path} ${name}`.trim())} ;;`);
  return `${nameOf(path)}() {
  local state line
  local -a commands=(${menu.join(' ')})
  _arguments -C ${[...specs, "'1:command:->command'", "'*::argument:->argument'"].join(' \\\n    ')}
  case $state in
    command) _describe command commands ;;
    argument) case $line[1] in
${cases.join('\n')}
    esac ;;
  esac
}`;
}

function optionSpec({ names, description, value }: OptionWords): string {
  const action = value === null ? '' : `:value:${valueSpec(value)}`;
  // "=-" after a long name takes --name=value, "=" both forms.
  const forms = names.map((name) => (value !== null && name.startsWith('--') ? `${name}=` : name));
  const text = `[${plain(description)}]${action}`;
  return forms.length === 1 ? `'${forms[0]}${text}'` : `'(${names.join(' ')})'{${forms.join(',')}}'${text}'`;
}

function valueSpec({ words, files }: { words: string[]; files: boolean }): string {
  if (words.length === 0) return files ? '_files' : ' ';
  return files ? `{compadd -- ${words.join(' ')}; _files}` : `(${words.join(' ')})`;
}

function nameOf(path: string): string {
  return ['_steerbench', ...path.split(' ').filter(Boolean)].join('_');
}

function plain(text: string): string {
  return text.replaceAll(/['"`[\]:$\\]/g, '');
}
