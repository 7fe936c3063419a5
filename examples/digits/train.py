"""Train and prune the demo's network, and write what the demo reads.

The images are scikit-learn's bundled handwritten digits, so nothing is downloaded. Written are
`digits.onnx`, `inputs.npy` with `labels.npy` (the first test image of each class), and
`accuracy.json`; the table for the README goes to the standard output.
"""

import argparse
import json
from collections import OrderedDict
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from onnx.reference import ReferenceEvaluator
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from torch import Tensor, nn

__all__ = ["main"]

SPLIT_SEED = 0
TRAIN_SEED = 0
TEST_SHARE = 0.2
BATCH_IMAGES = 64
DENSE_EPOCHS, DENSE_RATE = 40, 3e-3
PRUNE_STEPS = 3
TUNE_EPOCHS, TUNE_RATE = 25, 2e-3
OPSET, IR_VERSION = 13, 7  # the file version that came with the opset
# The depthwise layer and conv1 have nine weights a kernel, too few to lose most of them.
WEIGHT_DENSITY = dict(conv1=0.75, conv2=0.30, conv3=0.75, conv4=0.35, conv5=0.25, fc=0.50)


class Split(NamedTuple):
    """Images as float32 of shape (images, 1, 8, 8) in 0..1, and their classes."""

    train_images: Tensor
    test_images: Tensor
    train_labels: Tensor
    test_labels: Tensor


def load_split() -> Split:
    """Split the digits into train and test, each class in proportion."""
    digits = load_digits()
    images = (digits.images[:, None] / 16).astype(np.float32)
    chosen = {"test_size": TEST_SHARE, "stratify": digits.target, "random_state": SPLIT_SEED}
    return Split(*map(torch.tensor, train_test_split(images, digits.target, **chosen)))


def build_network() -> nn.Sequential:
    """Build the untrained network; its module names become the names in the ONNX file."""
    network = nn.Sequential(
        OrderedDict(
            conv1=nn.Conv2d(1, 16, 3, padding=1),
            relu1=nn.ReLU(),
            conv2=nn.Conv2d(16, 32, 3, padding=1),
            relu2=nn.ReLU(),
            pool2=nn.MaxPool2d(2),
            conv3=nn.Conv2d(32, 32, 3, padding=1, groups=32),
            relu3=nn.ReLU(),
            conv4=nn.Conv2d(32, 48, 1),
            relu4=nn.ReLU(),
            conv5=nn.Conv2d(48, 64, 3),
            relu5=nn.ReLU(),
            gap=nn.AdaptiveAvgPool2d(1),
            flatten=nn.Flatten(),
            fc=nn.Linear(64, 10),
        )
    )
    for name in WEIGHT_DENSITY:
        # The inputs are all positive: a kernel that does not start at mean zero may never fire.
        weight = nn.init.kaiming_normal_(network.get_submodule(name).weight, nonlinearity="relu")
        weight.data -= weight.data.mean(dim=tuple(range(1, weight.ndim)), keepdim=True)
    return network


def mask_weights(network: nn.Sequential, masks: dict[str, Tensor]) -> None:
    """Set the pruned weights to zero, without a sign."""
    with torch.no_grad():
        for name, mask in masks.items():
            network.get_submodule(name).weight.masked_fill_(~mask, 0.0)


def choose_masks(network: nn.Sequential, step: int) -> dict[str, Tensor]:
    """Keep each layer's largest weights; the density falls by one factor in every step."""
    masks = {}
    for name, density in WEIGHT_DENSITY.items():
        magnitudes = network.get_submodule(name).weight.detach().abs()
        kept = round(magnitudes.numel() * density ** (step / PRUNE_STEPS))
        mask = torch.zeros(magnitudes.numel(), dtype=torch.bool)
        mask[magnitudes.flatten().topk(kept).indices] = True
        masks[name] = mask.reshape(magnitudes.shape)
    return masks


def fit(
    network: nn.Sequential, split: Split, masks: dict[str, Tensor], *, epochs: int, rate: float
) -> None:
    """Train with Adam and a cosine schedule; what `masks` leaves out stays zero."""
    batches = -(-len(split.train_labels) // BATCH_IMAGES)
    optimizer = torch.optim.AdamW(network.parameters(), lr=rate, weight_decay=1e-2)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, epochs * batches)
    mask_weights(network, masks)
    for _ in range(epochs):
        for batch in torch.randperm(len(split.train_labels)).split(BATCH_IMAGES):
            scores = network(split.train_images[batch])
            loss = nn.functional.cross_entropy(scores, split.train_labels[batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
            mask_weights(network, masks)


def measure_accuracy(network: nn.Sequential, split: Split) -> float:
    """Share of the test images that are classified correctly."""
    with torch.no_grad():
        guesses = network(split.test_images).argmax(dim=1)
    return (guesses == split.test_labels).double().mean().item()


def train_and_prune(split: Split) -> tuple[nn.Sequential, dict[str, float]]:
    """Train the dense network, then prune and fine-tune it step by step."""
    torch.manual_seed(TRAIN_SEED)
    network = build_network()
    fit(network, split, {}, epochs=DENSE_EPOCHS, rate=DENSE_RATE)
    dense = measure_accuracy(network, split)
    for step in range(1, PRUNE_STEPS + 1):
        masks = choose_masks(network, step)
        fit(network, split, masks, epochs=TUNE_EPOCHS, rate=TUNE_RATE)
    return network, {"dense": dense, "pruned": measure_accuracy(network, split)}


def measure_density(values: Tensor) -> float:
    """Share of the values that are not zero."""
    return (values != 0).double().mean().item()


def describe_operator(module: nn.Module) -> tuple[str, dict[str, Any]]:
    """Name the ONNX operator that does what `module` does, with its attributes."""
    if isinstance(module, nn.Conv2d):
        pads = 2 * module.padding  # top, left, bottom, right
        shape = {"kernel_shape": module.kernel_size, "strides": module.stride, "pads": pads}
        return "Conv", {**shape, "dilations": module.dilation, "group": module.groups}
    operators: dict[type[nn.Module], tuple[str, dict[str, Any]]] = {
        nn.ReLU: ("Relu", {}),
        nn.MaxPool2d: ("MaxPool", {"kernel_shape": [2, 2], "strides": [2, 2]}),
        nn.AdaptiveAvgPool2d: ("GlobalAveragePool", {}),
        nn.Flatten: ("Flatten", {"axis": 1}),
        nn.Linear: ("Gemm", {"transB": 1}),
    }
    return operators[type(module)]


def build_model(network: nn.Sequential) -> onnx.ModelProto:
    """Write the network down as ONNX, with the shapes of all tensors."""
    nodes, initializers, source = [], [], "image"
    for name, module in network.named_children():
        operator, attributes = describe_operator(module)
        parameters = {f"{name}.{key}": value for key, value in module.named_parameters()}
        for key, value in parameters.items():
            initializers.append(numpy_helper.from_array(value.detach().numpy(), key))
        inputs, source = [source, *parameters], f"{name}.out"
        nodes.append(helper.make_node(operator, inputs, [source], name=name, **attributes))
    nodes[-1].output[0] = "scores"
    image = helper.make_tensor_value_info("image", TensorProto.FLOAT, [1, 1, 8, 8])
    scores = helper.make_tensor_value_info("scores", TensorProto.FLOAT, [1, 10])
    model = helper.make_model(
        helper.make_graph(nodes, "digits", [image], [scores], initializers),
        producer_name="grus examples/digits",
        opset_imports=[helper.make_opsetid("", OPSET)],
        ir_version=IR_VERSION,
    )
    model = onnx.shape_inference.infer_shapes(model, strict_mode=True)
    onnx.checker.check_model(model, full_check=True)
    return model


def check_scores(model: onnx.ModelProto, network: nn.Sequential, images: Tensor) -> None:
    """Stop if ONNX's own evaluator and torch disagree on any image."""
    evaluator = ReferenceEvaluator(model)
    scores = [evaluator.run(None, {"image": image[None].numpy()})[0][0] for image in images]
    with torch.no_grad():
        expected = network(images).numpy()
    np.testing.assert_allclose(scores, expected, rtol=1e-4, atol=1e-4)
    np.testing.assert_array_equal(np.argmax(scores, axis=1), expected.argmax(axis=1))


def format_table(network: nn.Sequential, images: Tensor) -> str:
    """Tabulate the layers that have weights; padding positions count as dense MACs."""
    lines = [
        "| layer | input | weights | weight density | dense MACs | input density |",
        "|---|---|---|---|---|---|",
    ]
    total_macs = 0
    for name, module in network.named_children():
        output = module(images)
        if name in WEIGHT_DENSITY:
            weight = module.weight
            macs = output[0].numel() * weight[0].numel()
            total_macs += macs
            shapes = ("x".join(map(str, shape)) for shape in (images.shape[1:], weight.shape))
            lines.append(
                f"| {name} | {' | '.join(shapes)} | {measure_density(weight):.3f} "
                f"| {macs:,} | {measure_density(images):.3f} |"
            )
        images = output
    return "\n".join([*lines, f"| **total** | | | | {total_macs:,} | |"])


def main() -> None:
    """Train, prune, check and write."""
    parser = argparse.ArgumentParser(description="Train and prune the demo's network.")
    parser.add_argument("--output", type=Path, default=Path(__file__).parent, help="folder")
    folder = parser.parse_args().output
    folder.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(1)  # the order of additions must not depend on the machine's cores
    torch.use_deterministic_algorithms(True)

    split = load_split()
    network, accuracy = train_and_prune(split)
    model = build_model(network)
    check_scores(model, network, split.test_images)

    labels, first = np.unique(split.test_labels.numpy(), return_index=True)
    np.save(folder / "inputs.npy", split.test_images.numpy()[first])
    np.save(folder / "labels.npy", labels)
    onnx.save(model, folder / "digits.onnx")
    summary = {
        "accuracy": accuracy,
        "test_images": len(split.test_labels),
        "split_seed": SPLIT_SEED,
        "weight_density": {
            name: measure_density(network.get_submodule(name).weight) for name in WEIGHT_DENSITY
        },
    }
    (folder / "accuracy.json").write_text(json.dumps(summary, indent=2) + "\n", encoding="utf-8")
    print(f"accuracy {accuracy['dense']:.4f} dense, {accuracy['pruned']:.4f} pruned")
    print(format_table(network, split.test_images))


if __name__ == "__main__":
    main()
