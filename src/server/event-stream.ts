const encoder = new TextEncoder();

/** The event after which a client of OpenAI looks for no more. */
const done = 'data: [DONE]\n\n';

/**
 * An answer of server-sent events, one JSON document each.
 *
 * An error becomes an event too, `{"error": …}`, after which nothing comes: the status is sent by then.
 *
 * @param documents Read to the end, or returned early when the client leaves.
 * @param errorOf The document of an error.
 */
export function eventStream(
  documents: AsyncGenerator<object, void, undefined>,
  errorOf: (error: unknown) => object,
): Response {
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const next = await documents.next();
          controller.enqueue(encoder.encode(next.done === true ? done : event(next.value)));
          if (next.done === true) controller.close();
        } catch (error) {
          controller.enqueue(encoder.encode(event(errorOf(error))));
          controller.close();
        }
      },
      cancel: () => void documents.return(),
    },
    { highWaterMark: 0 },
  );
  return new Response(body, {
    headers: {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      // Events are sent one by one; a proxy must not gather them.
      'x-accel-buffering': 'no',
      'transfer-encoding': 'chunked',
    },
  });
}

function event(document: object): string {
  return `data: ${JSON.stringify(document)}\n\n`;
}
