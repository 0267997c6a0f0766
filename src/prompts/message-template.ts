import type { TemplateFacts } from './chat-template.ts';
import { compileTemplate, fixedDate } from './jinja.ts';

/** One message of a conversation. */
export interface ChatMessage {
  role: 'system' | 'user' | 'assistant';
  content: string;
}

/** A model's chat template, tried out. */
export interface MessageTemplate {
  /**
   * The conversation as one text, the assistant's header open at its end unless `open` is false; throws what the
   * template raises.
   */
  render(messages: ChatMessage[], open?: boolean): string;
  /** Whether a system message shows in what it renders. */
  systemRole: boolean;
  /** Whether it writes a system text of its own where none is given. */
  ownSystem: boolean;
  /** What it puts between its open header and an answer: `''` or a space. */
  answerGap: '' | ' ';
  /** What had to be handled whatever the messages, one sentence each. */
  notes: string[];
}

/** Texts that no template holds, to find again in what it renders. */
const probe = { system: 'Vexillum septem', user: 'Quercus novem', answer: 'Lapis undecim' };

/**
 * Compiles a model's chat template and finds out what it does with each role.
 *
 * A date is fixed, so that runs repeat, and a thinking mode is switched off.
 *
 * @throws Error for a template that cannot be rendered, or that leaves out the user's text
 * @example
 * compileMessages(facts, facts.chatTemplate).render([{ role: 'user', content: 'What is tea?' }]);
 */
export function compileMessages(facts: TemplateFacts, source: string): MessageTemplate {
  const template = compileTemplate(source);
  const renderWith = (messages: ChatMessage[], open: boolean, thinking: boolean) =>
    template.render({
      messages,
      add_generation_prompt: open,
      bos_token: facts.startToken ?? '',
      eos_token: facts.endToken ?? '',
      enable_thinking: thinking,
    });
  const user: ChatMessage = { role: 'user', content: probe.user };
  const thinks = renderWith([user], true, true) !== renderWith([user], true, false);
  const render = (messages: ChatMessage[], open = true) => renderWith(messages, open, false);
  const bare = render([user]);
  if (!bare.includes(probe.user)) throw new Error('it leaves out the user text');
  const withSystem = attempt(() => render([{ role: 'system', content: probe.system }, user]));
  const answered = attempt(() => render([user, { role: 'assistant', content: probe.answer }], false));
  return {
    render,
    systemRole: withSystem?.includes(probe.system) === true,
    ownSystem: writesOwnSystem(bare, withSystem, facts.startToken),
    answerGap: answered?.startsWith(`${bare} ${probe.answer}`) === true ? ' ' : '',
    notes: notesOf(facts, bare, { dated: template.usedDate(), thinks }),
  };
}

/** True where the prompt without a system message has the header of one all the same. */
function writesOwnSystem(bare: string, withSystem: string | null, startToken: string | null): boolean {
  const header = withSystem?.split(probe.system)[0] ?? '';
  const untilUser = bare.split(probe.user)[0]!;
  return (
    header !== '' && header !== startToken && untilUser.length > header.length && untilUser.startsWith(header)
  );
}

function notesOf(
  facts: TemplateFacts,
  bare: string,
  { dated, thinks }: { dated: boolean; thinks: boolean },
): string[] {
  const notes: string[] = [];
  if (dated) notes.push(`The chat template asks for the date: it is given ${fixedDate}.`);
  if (thinks) notes.push("The chat template's thinking mode is switched off.");
  if (/<think>\s*$/.test(bare))
    notes.push('The chat template opens a <think> section: answers are measured inside it.');
  if (facts.addsStartToken && facts.startToken !== null && !bare.startsWith(facts.startToken))
    notes.push('The chat template writes no start token, so there is none.');
  return notes;
}

function attempt(render: () => string): string | null {
  try {
    return render();
  } catch {
    return null;
  }
}
