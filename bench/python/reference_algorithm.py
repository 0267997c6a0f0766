"""The published algorithm in PyTorch: whole forward passes, one sequence at a time.

sweep: for each item, layer and multiplier two passes, prompt + "(A)" and prompt + "(B)", with a hook
adding the vector; 30 layers x 7 multipliers are 420 passes an item. extract: two passes a pair, every
block's output recorded. The model computes the logits of every position, as it does there.
"""

import numpy as np
import torch

from common import arguments, layers_from, multipliers_from, prepare, report, steering_vectors, timed


def main():
    args = arguments(__doc__).parse_args()
    file, cases = prepare(args)
    model = file.model()
    if args.mode == "extract":
        differences, seconds = timed(lambda case: pair_difference(model, case), cases)
        vectors = torch.stack(differences).mean(0)
        if args.vectors:
            np.save(args.vectors, vectors.float().numpy())
        return report(args, "reference", cases, seconds, norms=vectors.norm(dim=1).tolist())
    layers, multipliers = layers_from(args, len(model.model.layers)), multipliers_from(args)
    vectors = steering_vectors(file, args, lambda train: extract(model, train))
    propensities, seconds = timed(lambda case: sweep(model, case, layers, multipliers, vectors, args.start), cases)
    report(args, "reference", cases, seconds, layers=layers, multipliers=multipliers, propensities=propensities)


def sweep(model, case, layers, multipliers, vectors, start_name):
    """Propensities, layer x multiplier."""
    return [[propensity(model, case, layer, m * vectors[layer], start_name) for m in multipliers] for layer in layers]


@torch.inference_mode()
def propensity(model, case, layer, delta, start_name):
    logits = []
    for ids, start in case.sequences:
        first = start - 1 if start_name == "last-prompt-token" else start

        def add(_module, _inputs, output):
            hidden = output[0] if isinstance(output, tuple) else output
            hidden[:, first:] += delta
            return output

        handle = model.model.layers[layer].register_forward_hook(add)
        whole = model(torch.tensor([ids]), use_cache=False).logits
        handle.remove()
        logits.append(whole[0, start, ids[start + 1]].item())
    return logits[0] - logits[1]


def extract(model, cases):
    """Mean differences at the answer letter, layers x width."""
    return torch.stack([pair_difference(model, case) for case in cases]).mean(0).float()


@torch.inference_mode()
def pair_difference(model, case):
    """Positive minus negative at the answer letter, layers x width, float64."""
    at_letter = []
    for ids, start in case.sequences:
        recorded = []

        def record(_module, _inputs, output):
            hidden = output[0] if isinstance(output, tuple) else output
            recorded.append(hidden[0, start + 1].double())

        handles = [block.register_forward_hook(record) for block in model.model.layers]
        model(torch.tensor([ids]), use_cache=False)
        for handle in handles:
            handle.remove()
        at_letter.append(torch.stack(recorded))
    return at_letter[0] - at_letter[1]


if __name__ == "__main__":
    main()
