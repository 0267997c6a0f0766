import type { Command } from 'commander';

/** One option of a command, for a shell. */
export interface OptionWords {
  /** `--model`; and the short form where there is one. */
  names: string[];
  description: string;
  /** Null for a switch; else the words its value can be (none where any text will do) and whether a file can stand there. */
  value: { words: string[]; files: boolean } | null;
}

/** One command, for a shell. */
export interface CommandWords {
  /** Words after `steerbench`, with spaces between; empty for the program itself. */
  path: string;
  description: string;
  options: OptionWords[];
  /** Names and descriptions of the commands below it. */
  commands: { name: string; description: string }[];
  /** What its argument can be; null where it takes none. */
  argument: { words: string[]; files: boolean } | null;
}

/** Names that only the data behind the commands knows. */
interface KnownNames {
  models: string[];
  behaviours: string[];
}

/** The program and all commands below it, parents first. */
export function completionWords(program: Command, names: KnownNames): CommandWords[] {
  return walk(program, '', names);
}

function walk(command: Command, path: string, names: KnownNames): CommandWords[] {
  const children = command.commands.map((child) => ({
    child,
    name: child.name(),
    description: child.description(),
  }));
  const own: CommandWords = {
    path,
    description: command.description(),
    options: [
      ...command.options.map((option) => ({
        names: [option.long, option.short].filter((name): name is string => typeof name === 'string'),
        description: firstPhrase(option.description),
        value: option.isBoolean() ? null : valueWords(option.name(), option.argChoices, names),
      })),
      { names: ['--help', '-h'], description: 'display help for command', value: null },
    ],
    commands: children.map(({ name, description }) => ({ name, description })),
    argument: argumentWords(command, names),
  };
  return [own, ...children.flatMap(({ child, name }) => walk(child, `${path} ${name}`.trim(), names))];
}

function valueWords(name: string, choices: string[] | undefined, names: KnownNames) {
  if (choices !== undefined) return { words: choices, files: false };
  if (name === 'model') return { words: names.models, files: true };
  return { words: [], files: fileOptions.has(name) };
}

/** Options whose value can be a file. */
const fileOptions = new Set(['out', 'vector', 'pairs', 'project-out']);

function argumentWords(command: Command, names: KnownNames): CommandWords['argument'] {
  const argument = command.registeredArguments[0];
  if (argument === undefined) return null;
  if (argument.argChoices !== undefined) return { words: argument.argChoices, files: false };
  if (argument.name() === 'behaviour') return { words: names.behaviours, files: true };
  if (argument.name() === 'model') return { words: names.models, files: true };
  return { words: [], files: true };
}

/** Descriptions in a menu are short, and quotes in them would have to be escaped three ways. */
function firstPhrase(text: string): string {
  return text.split(/ \(default|;/)[0]!.replaceAll(/['"`[\]:$\\]/g, '');
}
