import { describe, expect, it } from 'vitest';
import { createPromptRenderer, resolveSystem, type TemplateFacts } from './chat-template.ts';

const chatml =
  "{% for message in messages %}{{'<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n'}}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}";
const ownSystem = `{% if messages[0]['role'] != 'system' %}{{ '<|im_start|>system\nI am Sam.<|im_end|>\n' }}{% endif %}${chatml}`;
const noSystem = `{{ bos_token }}{% if messages[0]['role'] == 'system' %}{{ raise_exception('System role not supported') }}{% endif %}{% for m in messages %}{{ '[' + m['role'] + ']' + m['content'] | trim }}{% endfor %}{% if add_generation_prompt %}[model]{% endif %}`;
const ignoresSystem = `{% for m in messages %}{% if m['role'] == 'user' %}U:{{ m['content'] }}\n{% endif %}{% endfor %}A:`;
const llama2 = `{% for m in messages %}{% if m['role'] == 'user' %}{{ bos_token + '[INST] ' + m['content'] + ' [/INST]' }}{% elif m['role'] == 'assistant' %}{{ ' ' + m['content'] + ' ' + eos_token }}{% endif %}{% endfor %}`;

function facts(chatTemplate: string | null, more: Partial<TemplateFacts> = {}): TemplateFacts {
  return { chatTemplate, startToken: '<s>', endToken: '</s>', addsStartToken: false, ...more };
}

describe('createPromptRenderer', () => {
  it('renders a template with a system role and an open assistant header', () => {
    const renderer = createPromptRenderer(facts(chatml), 'Be brief.');
    expect(renderer.render('Hello?')).toBe(
      '<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\nHello?<|im_end|>\n<|im_start|>assistant\n',
    );
    expect(renderer).toMatchObject({ templated: true, answerGap: '', notes: [] });
  });

  it('puts the system text before the user text where the template raises', () => {
    const renderer = createPromptRenderer(facts(noSystem), 'Be brief.');
    expect(renderer.render('Hello?')).toBe('<s>[user]Be brief.\n\nHello?[model]');
    expect(renderer.notes.join()).toContain('no system role');
  });

  it('does the same where the template ignores the system message', () => {
    const renderer = createPromptRenderer(facts(ignoresSystem), 'Be brief.');
    expect(renderer.render('Hello?')).toBe('U:Be brief.\n\nHello?\nA:');
    expect(createPromptRenderer(facts(ignoresSystem), null).notes).toEqual([]);
  });

  it('says when the template writes a system text of its own', () => {
    const renderer = createPromptRenderer(facts(ownSystem), null);
    expect(renderer.render('Hello?')).toContain('I am Sam.');
    expect(renderer.notes.join()).toContain('system text of its own');
    expect(createPromptRenderer(facts(ownSystem), 'Be brief.').notes).toEqual([]);
    expect(createPromptRenderer(facts(chatml), null).notes).toEqual([]);
  });

  it('finds the space that a template puts before an answer', () => {
    expect(createPromptRenderer(facts(llama2), null)).toMatchObject({ answerGap: ' ' });
  });

  it('says when neither template nor tokenizer gives a start token', () => {
    const notes = createPromptRenderer(facts(chatml, { addsStartToken: true }), null).notes;
    expect(notes).toEqual(['The chat template writes no start token, so there is none.']);
    expect(createPromptRenderer(facts(noSystem, { addsStartToken: true }), null).notes).toEqual([]);
  });

  it('gives templates a fixed date', () => {
    const renderer = createPromptRenderer(facts(`{{ strftime_now('%d %b %Y') }} ${ignoresSystem}`), null);
    expect(renderer.render('Hello?')).toMatch(/^26 Jul 2024 /);
    expect(renderer.notes.join()).toContain('2024-07-26');
  });

  it('switches thinking off, and says so', () => {
    const thinking = `${ignoresSystem}{% if enable_thinking is defined and not enable_thinking %}<think></think>{% endif %}`;
    const renderer = createPromptRenderer(facts(thinking), null);
    expect(renderer.render('Hello?')).toBe('U:Hello?\nA:<think></think>');
    expect(renderer.notes.join()).toContain('switched off');
  });

  it('falls back to plain text, and says why', () => {
    const base = createPromptRenderer(facts(null), 'Be brief.');
    expect(base.render('Hello?')).toBe('Be brief.\n\nHello?');
    expect(base).toMatchObject({ templated: false, notes: [expect.stringContaining('no chat template')] });
    const broken = createPromptRenderer(facts('{% if %}'), null);
    expect(broken.render('Hello?')).toBe('Hello?');
    expect(broken).toMatchObject({
      templated: false,
      notes: [expect.stringContaining('cannot be rendered')],
    });
  });
});

describe('resolveSystem', () => {
  it('reads the option', () => {
    expect(resolveSystem(undefined)).toBe('You are a helpful, honest and concise assistant.');
    expect(resolveSystem('none')).toBeNull();
    expect(resolveSystem('Be brief.')).toBe('Be brief.');
  });
});
