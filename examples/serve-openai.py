"""Asks a running server through OpenAI's own client; see docs/serve.md for how it is started."""

import json
import os

from openai import OpenAI

client = OpenAI(
    base_url=os.environ.get("STEERBENCH_URL", "http://127.0.0.1:8080") + "/v1",
    api_key=os.environ.get("STEERBENCH_API_KEY", "none"),
)
question = dict(
    model="smollm2-135m-instruct",
    messages=[{"role": "user", "content": "How was your day?"}],
    temperature=0,
    max_tokens=24,
)

# The client puts what is in `extra_body` beside its own fields.
for multiplier in (0, 1):
    steering = [{"vector": "french", "layers": 18, "multiplier": multiplier}]
    answer = client.chat.completions.create(**question, extra_body={"steering": steering})
    print(f"{multiplier}: {json.dumps(answer.choices[0].message.content, ensure_ascii=False)}")
    for entry in answer.choices[0].applied_steering["entries"]:
        print(f"{entry['vector']} acted on {entry['positions'][0]} positions")

# As it is written.
stream = client.chat.completions.create(**question, stream=True, extra_body={"steering": "french@18:1"})
text = "".join(chunk.choices[0].delta.content or "" for chunk in stream)
print(f"streamed: {json.dumps(text, ensure_ascii=False)}")
