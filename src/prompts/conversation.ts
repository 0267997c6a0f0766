import { SteerbenchError } from '../errors.ts';
import type { TemplateFacts } from './chat-template.ts';
import { type ChatMessage, compileMessages } from './message-template.ts';

/** Puts whole conversations into the form in which one model takes them. */
export interface ConversationRenderer {
  /** False for plain text without roles. */
  templated: boolean;
  /** True where the text holds its own special tokens; else the tokenizer adds those of the file's settings. */
  writesSpecials: boolean;
  /**
   * The conversation up to where the next answer begins, the assistant's header open.
   *
   * @throws SteerbenchError `messages-refused` where the template raises, as some do when roles do not alternate
   */
  render(messages: readonly ChatMessage[]): string;
  /** What had to be handled, one sentence each. */
  notes: string[];
}

/**
 * Prepares a model's own chat template for conversations: any number of messages, earlier answers among them.
 *
 * A conversation of one system and one user message is rendered as `createPromptRenderer` renders it for an audit, so a
 * vector acts on the same tokens. Where the template has no system role, a system text stands in front of the next user
 * text; where there is no template, the texts stand one after the other, a blank line between, without roles.
 *
 * @example
 * const { render } = createConversationRenderer(engine.facts);
 * render([{ role: 'user', content: 'What is tea?' }]); // '<|im_start|>user\nWhat is tea?<|im_end|>\n<|im_start|>…'
 */
export function createConversationRenderer(facts: TemplateFacts): ConversationRenderer {
  if (facts.chatTemplate === null)
    return plainRenderer('The model has no chat template: conversations are plain text without roles.');
  try {
    return templateRenderer(facts, facts.chatTemplate);
  } catch (error) {
    const reason = (error as Error).message;
    return plainRenderer(
      `The model's chat template cannot be rendered (${reason}): conversations are plain text.`,
    );
  }
}

function plainRenderer(note: string): ConversationRenderer {
  return {
    templated: false,
    writesSpecials: false,
    render: (messages) =>
      someOf(messages)
        .map(({ content }) => content)
        .join('\n\n'),
    notes: [note],
  };
}

function templateRenderer(facts: TemplateFacts, source: string): ConversationRenderer {
  const template = compileMessages(facts, source);
  const notes = [...template.notes];
  if (template.ownSystem)
    notes.push('The chat template writes a system text of its own where none is given.');
  if (!template.systemRole)
    notes.push('The chat template has no system role: a system text stands in front of the next user text.');
  return {
    templated: true,
    writesSpecials: true,
    render: (messages) => {
      const given = someOf(messages);
      const shown = template.systemRole ? given.map((message) => ({ ...message })) : withoutSystem(given);
      try {
        return template.render(shown);
      } catch (cause) {
        throw refused(`the model's chat template says "${(cause as Error).message}"`, cause);
      }
    },
    notes,
  };
}

/** Each system text in front of the user text that follows it. */
function withoutSystem(messages: readonly ChatMessage[]): ChatMessage[] {
  const shown: ChatMessage[] = [];
  let pending: string[] = [];
  for (const { role, content } of messages) {
    if (role === 'system') pending.push(content);
    else if (role === 'user') {
      shown.push({ role, content: [...pending, content].join('\n\n') });
      pending = [];
    } else shown.push({ role, content });
  }
  if (pending.length > 0) throw refused('a system message has no user message after it to stand in');
  return shown;
}

function someOf(messages: readonly ChatMessage[]): readonly ChatMessage[] {
  if (messages.length === 0) throw refused('there is none');
  return messages;
}

function refused(reason: string, cause?: unknown): SteerbenchError {
  return new SteerbenchError('messages-refused', `the messages cannot be put to the model: ${reason}`, {
    remedy: 'give one system message at most, then user and assistant messages in turn, a user message last',
    cause,
  });
}
