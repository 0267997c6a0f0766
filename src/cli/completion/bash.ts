import type { CommandWords } from './words.ts';

/** A completion script for bash. */
export function bashScript(commands: readonly CommandWords[]): string {
  return `# bash completion for steerbench; made by \`steerbench completion bash\`
_steerbench() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD - 1]} path="" i
  # An "=" is a word of its own here: --format=c is three words.
  if [[ $current == "=" ]]; then current=""; elif [[ $previous == "=" ]]; then previous=\${COMP_WORDS[COMP_CWORD - 2]}; fi
  for ((i = 1; i < COMP_CWORD; i++)); do
    case "$path \${COMP_WORDS[i]}" in
${commands
  .filter(({ path }) => path !== '')
  .map(({ path }) => `      ${quote(` ${path}`)}) path=${quote(` ${path}`)} ;;`)
  .join('\n')}
    esac
  done
  case "$path $previous" in
${commands.flatMap(valueCases).join('\n')}
  esac
  case "$path" in
${commands.map(wordCase).join('\n')}
  esac
}
complete -o filenames -F _steerbench steerbench
`;
}

function valueCases({ path, options }: CommandWords): string[] {
  return options.flatMap(({ names, value }) => {
    if (value === null) return [];
    const patterns = names.map((name) => quote(`${path === '' ? '' : ` ${path}`} ${name}`)).join(' | ');
    return [`    ${patterns}) ${reply(value)}; return ;;`];
  });
}

function wordCase({ path, options, commands, argument }: CommandWords): string {
  const flags = options.map(({ names }) => names[0]).join(' ');
  const words = [...commands.map(({ name }) => name), ...(argument?.words ?? [])];
  return `    ${quote(path === '' ? '' : ` ${path}`)})
      if [[ $current == -* ]]; then COMPREPLY=($(compgen -W ${quote(flags)} -- "$current"))
      else ${reply({ words, files: argument?.files === true })}; fi ;;`;
}

function reply({ words, files }: { words: string[]; files: boolean }): string {
  return `COMPREPLY=($(compgen ${files ? '-f ' : ''}-W ${quote(words.join(' '))} -- "$current"))`;
}

function quote(text: string): string {
  return `'${text}'`;
}
