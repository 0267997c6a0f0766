#!/usr/bin/env bash
# Asks a running server by curl; see docs/serve.md for how it is started.
set -euo pipefail
url=${STEERBENCH_URL:-http://127.0.0.1:8080}

# Which vectors requests can name.
curl -sS -w '\n' "$url/steering/vectors"

# A steered answer.
curl -sS -w '\n' "$url/v1/chat/completions" -H 'content-type: application/json' -d '{
  "messages": [{"role": "user", "content": "How was your day?"}],
  "temperature": 0, "max_tokens": 24,
  "steering": [{"vector": "french", "layers": 18, "multiplier": 1}]
}'

# The same, with the short form of steering, as it is written.
curl -sSN "$url/v1/chat/completions" -H 'content-type: application/json' -d '{
  "messages": [{"role": "user", "content": "How was your day?"}],
  "temperature": 0, "max_tokens": 24, "stream": true,
  "steering": "french@18:1"
}'

# The log-probability of each token of a text, steered from the first on.
curl -sS -w '\n' "$url/v1/completions" -H 'content-type: application/json' -d '{
  "prompt": "Bonjour, comment allez-vous ?",
  "echo": true, "logprobs": 0, "max_tokens": 0,
  "steering": "french@18:1,scope=all"
}'

# Steering of all requests that have none of their own, and its end.
curl -sS -w '\n' -X PUT "$url/steering" -H 'content-type: application/json' -d '{"steering": "french@18:1"}'
curl -sS -w '\n' -X PUT "$url/steering" -H 'content-type: application/json' -d '{"steering": []}'
