import { type ChatMessage, compileMessages } from './message-template.ts';

/** The default system message, that of the published runs. */
export const defaultSystem = 'You are a helpful, honest and concise assistant.';

/**
 * The system message that `--system` means: the default one where it is absent, null for `none`.
 *
 * @example
 * resolveSystem('none'); // null
 */
export function resolveSystem(option: string | undefined): string | null {
  return option === 'none' ? null : (option ?? defaultSystem);
}

/** What the prompt of a model depends on; a part of the engine's facts. */
export interface TemplateFacts {
  /** Jinja chat template of the file; null for base models. */
  chatTemplate: string | null;
  /** Text of the start and end tokens, as templates use them; null where the vocabulary has none. */
  startToken: string | null;
  endToken: string | null;
  /** True when plain text gets a start token from the tokenizer. */
  addsStartToken: boolean;
}

/** Puts user texts into the form in which one model takes them. */
export interface PromptRenderer {
  /** False for plain text without roles. */
  templated: boolean;
  /** True where the text holds its own special tokens; else the tokenizer adds those of the file's settings. */
  writesSpecials: boolean;
  /** The prompt up to where the answer begins, the assistant's header open. */
  render(user: string): string;
  /** What the template itself puts between its open header and an answer: `''` or a space. */
  answerGap: '' | ' ';
  /** What always stands between prompt and answer; null where the answer prefix decides. */
  separator: string | null;
  /** What had to be handled, one sentence each. */
  notes: string[];
}

/**
 * Prepares a model's own chat template for prompts with one system message.
 *
 * Handled, and said in `notes`: no template, or one that cannot be rendered (plain text: system and user separated by
 * a blank line, no roles); no system role (the system text stands in front of the user text); a template that writes
 * its own system text, a date (fixed, so that runs repeat), or a thinking mode (switched off).
 *
 * @param system System message; null for none.
 * @example
 * createPromptRenderer(engine.facts, defaultSystem).render('What is tea?'); // '<|im_start|>system\nYou are …'
 */
export function createPromptRenderer(facts: TemplateFacts, system: string | null): PromptRenderer {
  if (facts.chatTemplate === null) {
    return plainRenderer(system, 'The model has no chat template: prompts are plain text without roles.');
  }
  try {
    return templateRenderer(facts, facts.chatTemplate, system);
  } catch (error) {
    const reason = (error as Error).message;
    return plainRenderer(
      system,
      `The model's chat template cannot be rendered (${reason}): prompts are plain text.`,
    );
  }
}

function plainRenderer(system: string | null, note: string): PromptRenderer {
  const head = system === null ? '' : `${system}\n\n`;
  return {
    templated: false,
    writesSpecials: false,
    render: (user) => `${head}${user}`,
    answerGap: '',
    separator: null,
    notes: [note],
  };
}

function templateRenderer(facts: TemplateFacts, source: string, system: string | null): PromptRenderer {
  const template = compileMessages(facts, source);
  const notes = [...template.notes];
  if (system === null && template.ownSystem)
    notes.unshift('The chat template writes a system text of its own.');
  if (system !== null && !template.systemRole)
    notes.unshift('The chat template has no system role: the system text stands in front of the user text.');
  return {
    templated: true,
    writesSpecials: true,
    separator: null,
    render: (text) => template.render(messagesOf(system, text, template.systemRole)),
    answerGap: template.answerGap,
    notes,
  };
}

function messagesOf(system: string | null, user: string, systemRole: boolean): ChatMessage[] {
  if (system === null) return [{ role: 'user', content: user }];
  if (!systemRole) return [{ role: 'user', content: `${system}\n\n${user}` }];
  return [
    { role: 'system', content: system },
    { role: 'user', content: user },
  ];
}
