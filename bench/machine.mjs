// What this machine can do: a plain float32 matrix product in PyTorch, beside the operations that decoding reaches.
import { keep, python, runJson } from './support.mjs';

const program = `
import json, time, torch
torch.set_num_threads(2)
a, b = torch.randn(2048, 2048), torch.randn(2048, 2048)
torch.mm(a, b)
speeds = []
for _ in range(7):
    began = time.perf_counter()
    torch.mm(a, b)
    speeds.append(2 * 2048**3 / (time.perf_counter() - began) / 1e9)
print(json.dumps({"gflops": speeds}))
`;
/** Multiplications and additions a row of the default model: its matrices without the output matrix, twice. */
const flopPerRow = 2 * 30 * (576 * (576 * 2 + 192 * 2) + 3 * 576 * 1536);

/** Prints both, and their ratio. */
export async function machineBench() {
  const gflops = python() === null ? null : Math.max(...runJson(python(), ['-c', program]).gflops);
  const sweep = runJson(process.execPath, ['bench/sweep-steerbench.mjs', '--mode', 'sweep', '--items', '8']);
  const reached = (sweep.tokensPerSecond * flopPerRow) / 1e9;
  console.log(
    `decoding reaches ${reached.toFixed(0)} GFLOP/s (${sweep.tokensPerSecond.toFixed(0)} rows/s at F32)`,
  );
  if (gflops === null)
    console.log('matrix product: not measured (STEERBENCH_PYTHON names no Python with torch)');
  else
    console.log(
      `a plain matrix product reaches ${gflops.toFixed(0)} GFLOP/s: decoding is at ${((100 * reached) / gflops).toFixed(0)} % of it`,
    );
  keep('machine', { gflops, reached, sweep });
}
