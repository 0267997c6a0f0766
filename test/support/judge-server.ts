import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A question as it arrived. */
export interface Question {
  headers: IncomingHttpHeaders;
  path: string;
  body: { model: string; messages: { role: string; content: string }[]; [field: string]: unknown };
  /** Count of this question among all, from 1. */
  number: number;
  /** Count of the questions with these same messages, from 1. */
  attempt: number;
}

/** Answers one question, rightly or not. */
export type Behave = (question: Question, response: ServerResponse) => void;

/** A chat endpoint on this machine that does what a test tells it to. */
export interface JudgeServer {
  url: string;
  questions: Question[];
  /** Most questions that were open at one time. */
  mostOpen: () => number;
  close: () => Promise<void>;
}

/** Starts a judge that answers every question as `behave` says. */
export async function startJudgeServer(behave: Behave): Promise<JudgeServer> {
  const questions: Question[] = [];
  const asked = new Map<string, number>();
  let [open, mostOpen] = [0, 0];
  const server: Server = createServer(async (request, response) => {
    open++;
    mostOpen = Math.max(mostOpen, open);
    response.on('close', () => open--).on('error', () => undefined);
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const body = JSON.parse(Buffer.concat(parts).toString('utf8'));
    const content = JSON.stringify(body.messages);
    asked.set(content, (asked.get(content) ?? 0) + 1);
    const question = {
      headers: request.headers,
      path: request.url ?? '',
      body,
      number: questions.length + 1,
      attempt: asked.get(content)!,
    };
    questions.push(question);
    behave(question, response);
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/v1`,
    questions,
    mostOpen: () => mostOpen,
    close: async () => {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}

/** The body of a chat completion as OpenAI's API sends it, with changes. */
export function completion(content: string | null, changes: Record<string, unknown> = {}): string {
  return JSON.stringify({
    id: 'chatcmpl-1',
    object: 'chat.completion',
    created: 1_700_000_000,
    model: 'judge',
    choices: [
      {
        index: 0,
        message: { role: 'assistant', content, refusal: null },
        logprobs: null,
        finish_reason: 'stop',
      },
    ],
    usage: { prompt_tokens: 300, completion_tokens: 1, total_tokens: 301 },
    ...changes,
  });
}

/** Sends a whole answer. */
export function send(
  response: ServerResponse,
  body: string,
  { status = 200, headers = {} }: { status?: number; headers?: Record<string, string> } = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body);
}

/** The fenced answer of a question: what the judge is to rate. */
export function judgedText({ body }: Question): string {
  return /^##### answer [0-9a-f]+ begins\n([\s\S]*)\n##### answer [0-9a-f]+ ends$/m.exec(
    body.messages.at(-1)!.content,
  )![1]!;
}
