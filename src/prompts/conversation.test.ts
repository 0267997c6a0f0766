import { describe, expect, it } from 'vitest';
import { createPromptRenderer, type TemplateFacts } from './chat-template.ts';
import { createConversationRenderer } from './conversation.ts';
import type { ChatMessage } from './message-template.ts';

const chatml =
  "{% for message in messages %}{{'<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n'}}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}";
/** Gemma's own: no system role, roles must alternate, the assistant is called model. */
const gemma =
  "{{ bos_token }}{% if messages[0]['role'] == 'system' %}{{ raise_exception('System role not supported') }}{% endif %}{% for message in messages %}{% if (message['role'] == 'user') != (loop.index0 % 2 == 0) %}{{ raise_exception('Conversation roles must alternate user/assistant/user/assistant/...') }}{% endif %}{% if (message['role'] == 'assistant') %}{% set role = 'model' %}{% else %}{% set role = message['role'] %}{% endif %}{{ '<start_of_turn>' + role + '\n' + message['content'] | trim + '<end_of_turn>\n' }}{% endfor %}{% if add_generation_prompt %}{{'<start_of_turn>model\n'}}{% endif %}";
/** Llama 2's own: the system text inside the first user turn, answers closed by the end token. */
const llama2 =
  "{% if messages[0]['role'] == 'system' %}{% set loop_messages = messages[1:] %}{% set system_message = messages[0]['content'] %}{% else %}{% set loop_messages = messages %}{% set system_message = false %}{% endif %}{% for message in loop_messages %}{% if (message['role'] == 'user') != (loop.index0 % 2 == 0) %}{{ raise_exception('Conversation roles must alternate user/assistant/user/assistant/...') }}{% endif %}{% if loop.index0 == 0 and system_message != false %}{% set content = '<<SYS>>\\n' + system_message + '\\n<</SYS>>\\n\\n' + message['content'] %}{% else %}{% set content = message['content'] %}{% endif %}{% if message['role'] == 'user' %}{{ bos_token + '[INST] ' + content.strip() + ' [/INST]' }}{% elif message['role'] == 'assistant' %}{{ ' ' + content.strip() + ' ' + eos_token }}{% endif %}{% endfor %}";

function facts(chatTemplate: string | null, more: Partial<TemplateFacts> = {}): TemplateFacts {
  return { chatTemplate, startToken: '<s>', endToken: '</s>', addsStartToken: false, ...more };
}

const talk: ChatMessage[] = [
  { role: 'system', content: 'Be brief.' },
  { role: 'user', content: 'Hello?' },
  { role: 'assistant', content: 'Hi.' },
  { role: 'user', content: 'Tea?' },
];

describe('createConversationRenderer', () => {
  it('renders earlier answers and leaves the assistant header open', () => {
    const renderer = createConversationRenderer(facts(chatml));
    expect(renderer.render(talk)).toBe(
      '<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\nHello?<|im_end|>\n<|im_start|>assistant\nHi.<|im_end|>\n<|im_start|>user\nTea?<|im_end|>\n<|im_start|>assistant\n',
    );
    expect(renderer).toMatchObject({ templated: true, writesSpecials: true, notes: [] });
  });

  it('puts system texts in front of the next user text where the template has no role for them', () => {
    const renderer = createConversationRenderer(facts(gemma));
    expect(renderer.render(talk)).toBe(
      '<s><start_of_turn>user\nBe brief.\n\nHello?<end_of_turn>\n<start_of_turn>model\nHi.<end_of_turn>\n<start_of_turn>user\nTea?<end_of_turn>\n<start_of_turn>model\n',
    );
    expect(renderer.notes.join()).toContain('no system role');
    const late: ChatMessage[] = [...talk.slice(1, 3), { role: 'system', content: 'Now.' }, talk[3]!];
    expect(renderer.render(late)).toContain('<start_of_turn>user\nNow.\n\nTea?');
    expect(() => renderer.render(talk.slice(0, 1))).toThrow(
      expect.objectContaining({
        code: 'messages-refused',
        message: expect.stringContaining('no user message'),
      }),
    );
  });

  it('keeps what a template does with turns', () => {
    const { render } = createConversationRenderer(facts(llama2));
    expect(render(talk)).toBe(
      '<s>[INST] <<SYS>>\nBe brief.\n<</SYS>>\n\nHello? [/INST] Hi. </s><s>[INST] Tea? [/INST]',
    );
  });

  it.each([gemma, llama2])('says what the template says where it refuses', (template) => {
    const { render } = createConversationRenderer(facts(template));
    expect(() => render([talk[1]!, talk[3]!])).toThrow(
      expect.objectContaining({
        code: 'messages-refused',
        message: expect.stringContaining('roles must alternate'),
      }),
    );
  });

  it.each([
    ['ChatML', chatml],
    ['Gemma', gemma],
    ['Llama 2', llama2],
    ['no', null],
    ['a broken', '{% if %}'],
  ])('renders one system and one user message as an audit does: %s template', (_, template) => {
    for (const system of ['Be brief.', null]) {
      const audited = createPromptRenderer(facts(template), system);
      const messages: ChatMessage[] = [
        ...(system === null ? [] : [{ role: 'system' as const, content: system }]),
        { role: 'user', content: 'Tea?' },
      ];
      const renderer = createConversationRenderer(facts(template));
      expect(renderer.render(messages)).toBe(audited.render('Tea?'));
      expect(renderer.writesSpecials).toBe(audited.writesSpecials);
    }
  });

  it('writes plain text without roles for a base model, and refuses no messages at all', () => {
    const { render, templated } = createConversationRenderer(facts(null));
    expect(templated).toBe(false);
    expect(render(talk)).toBe('Be brief.\n\nHello?\n\nHi.\n\nTea?');
    for (const template of [null, chatml])
      expect(() => createConversationRenderer(facts(template)).render([])).toThrow(
        expect.objectContaining({ code: 'messages-refused' }),
      );
  });

  it('changes nothing in the messages it is given', () => {
    const before = structuredClone(talk);
    for (const template of [chatml, gemma, llama2]) createConversationRenderer(facts(template)).render(talk);
    expect(talk).toEqual(before);
  });
});
