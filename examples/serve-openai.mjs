// Asks a running server through OpenAI's own client; see docs/serve.md for how it is started.
import OpenAI from 'openai';

const client = new OpenAI({
  baseURL: `${process.env.STEERBENCH_URL ?? 'http://127.0.0.1:8080'}/v1`,
  apiKey: process.env.STEERBENCH_API_KEY ?? 'none',
});
const question = {
  model: 'smollm2-135m-instruct',
  messages: [{ role: 'user', content: 'How was your day?' }],
  temperature: 0,
  max_tokens: 24,
};

// `steering` stands beside the fields that OpenAI has.
for (const multiplier of [0, 1]) {
  const body = { ...question, steering: [{ vector: 'french', layers: 18, multiplier }] };
  const { choices } = await client.chat.completions.create(body);
  console.log(`${multiplier}: ${JSON.stringify(choices[0].message.content)}`);
  for (const { vector, positions } of choices[0].applied_steering.entries)
    console.log(`${vector} acted on ${positions} positions`);
}

// As it is written.
const stream = await client.chat.completions.create({ ...question, steering: 'french@18:1', stream: true });
let text = '';
for await (const { choices } of stream) text += choices[0]?.delta.content ?? '';
console.log(`streamed: ${JSON.stringify(text)}`);

// An answer that fits a JSON Schema, whatever the steering.
const schema = {
  type: 'object',
  properties: { dish: { type: 'string', maxLength: 30 }, minutes: { type: 'integer' } },
  required: ['dish', 'minutes'],
  additionalProperties: false,
};
const { choices } = await client.chat.completions.create({
  ...question,
  max_tokens: 64,
  response_format: { type: 'json_schema', json_schema: { name: 'dinner', schema } },
  steering: 'french@18:0.5',
});
console.log(`dinner: ${Object.keys(JSON.parse(choices[0].message.content))}`);
