"""``audiogan import-tensorflow``: generators and the classifier of the original, from TensorFlow's checkpoints."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING, Any, final

from audiogan import Command

if TYPE_CHECKING:
    from audiogan_tensorflow.bundle import Bundle


@final
class ImportTensorflowCommand(Command):
    """``audiogan import-tensorflow``."""

    help = "turn a checkpoint of the original WaveGAN or SpecGAN into audiogan's files"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Adds the command's options."""
        parser.description = (
            "Turns a TensorFlow checkpoint of the original into audiogan's files: a generator of WaveGAN or "
            "SpecGAN into a run's folder, the classifier of the inception score into the folder that the metrics' "
            "option 'classifier_path' takes. Needs TensorFlow: pip install 'audiogan[tensorflow]'."
        )
        parser.add_argument(
            "checkpoint",
            type=Path,
            metavar="CHECKPOINT",
            help="the checkpoint: what its files' names begin with, one of the files, or the folder of a training",
        )
        parser.add_argument("output", type=Path, metavar="OUT", help="the folder to make")
        parser.add_argument("--kind", choices=("generator", "classifier"), help="default: what the checkpoint holds")
        parser.add_argument(
            "--sample-rate", type=int, default=16_000, metavar="HZ", help="rate of the training data (default: 16000)"
        )
        parser.add_argument(
            "--window-length",
            type=int,
            metavar="SAMPLES",
            help="length of a generator's windows; needed where its layers fit several, as with 32768 and 65536",
        )
        parser.add_argument(
            "--moments", type=Path, metavar="FILE", help="SpecGAN's mean and standard deviation, such as moments.pkl"
        )
        parser.add_argument(
            "--classes",
            metavar="NAMES",
            help="a classifier's classes, separated by commas (default: those of SC09, Zero to Nine)",
        )

    def run(self, arguments: Namespace) -> int:
        """Reads the checkpoint, writes the folder, and says what was taken, what was left out and what was assumed.

        :raises AudioganError: TensorFlow is not installed, the options do not go together, or the folder is not empty.
        :raises CheckpointError: the checkpoint is missing, damaged, or of another network.
        :raises Interrupted: it was stopped; nothing is left half written.
        """
        from audiogan.errors import AudioganError
        from audiogan.files import check_new_folder
        from audiogan_tensorflow.bundle import open_bundle

        for name in ("sample_rate", "window_length"):
            value = getattr(arguments, name)
            if value is not None and value < 1:
                raise AudioganError(f"--{name.replace('_', '-')} must be at least 1, not {value}")
        check_new_folder(arguments.output)
        with open_bundle(arguments.checkpoint) as bundle:
            kind = arguments.kind or _kind(bundle)
            _refuse_options_of_the_other(kind, arguments)
            (_import_generator if kind == "generator" else _import_classifier)(bundle, arguments)
        return 0


def _kind(bundle: Bundle) -> str:
    from audiogan.errors import CheckpointError
    from audiogan_tensorflow import classifier, generator
    from audiogan_tensorflow.inventory import inventory, weights_of

    networks = {"generator": generator.NETWORK, "classifier": classifier.NETWORK}
    found = [kind for kind, network in networks.items() if weights_of(network, bundle.shapes)]
    if len(found) == 1:
        return found[0]
    problem = "generator and classifier; choose one with --kind" if found else "neither generator nor classifier"
    raise CheckpointError(
        f"{bundle.prefix}: holds {problem}, whose variables the original calls "
        f"{' and '.join(f'{network}/…' for network in networks.values())}\n  it holds {inventory(bundle.shapes)}"
    )


def _refuse_options_of_the_other(kind: str, arguments: Namespace) -> None:
    from audiogan.errors import AudioganError

    for name in ("classes",) if kind == "generator" else ("window_length", "moments"):
        if getattr(arguments, name) is not None:
            raise AudioganError(f"--{name.replace('_', '-')} says nothing about a {kind}; leave it out")


def _import_generator(bundle: Bundle, arguments: Namespace) -> None:
    from audiogan.files import new_folder
    from audiogan.registry import installed
    from audiogan_tensorflow.generator import DATASET_PATH, import_generator, save_generator
    from audiogan_tensorflow.moments import read_moments

    imported = import_generator(
        bundle,
        sample_rate=arguments.sample_rate,
        window_length=arguments.window_length,
        moments=None if arguments.moments is None else read_moments(arguments.moments),
        registry=installed(),
    )
    left_out = bundle.names_without(imported.taken())
    with new_folder(arguments.output) as folder:
        save_generator(imported, folder, source=_source(bundle, left_out))
    options = imported.spec.generator.options
    print(
        f"{imported.spec.name} generator, dim {options.dim}, kernel_size {options.kernel_size}, latent_dim "
        f"{options.latent_dim}, upsample {options.upsample}: {imported.channels} x {imported.window_length} samples"
    )
    _tell_left_out(left_out)
    print(f"assumed, since no checkpoint says it: {imported.sample_rate} Hz (--sample-rate)")
    print(f"unknown: its training data; {DATASET_PATH} in spec.toml stands for them")
    print(f"generate with: audiogan generate {arguments.output / imported.spec.name} OUT")


def _import_classifier(bundle: Bundle, arguments: Namespace) -> None:
    from audiogan.evaluation.classifier import save_classifier
    from audiogan.files import new_folder
    from audiogan_tensorflow.classifier import NETWORK, SC09_CLASSES, import_classifier
    from audiogan_tensorflow.inventory import weights_of

    given = None if arguments.classes is None else tuple(name.strip() for name in arguments.classes.split(","))
    left_out = bundle.names_without(weights_of(NETWORK, bundle.shapes))
    classifier = import_classifier(
        bundle,
        sample_rate=arguments.sample_rate,
        class_names=given or SC09_CLASSES,
        source=_source(bundle, left_out),
    )
    with new_folder(arguments.output) as folder:
        save_classifier(classifier, folder)
    print(
        f"classifier of {len(classifier.class_names)} classes, dim {classifier.options.dim}, windows of "
        f"{classifier.network.window_length} samples"
    )
    _tell_left_out(left_out)
    print(f"assumed, since no checkpoint says it: {arguments.sample_rate} Hz (--sample-rate)")
    if given is None:
        print(f"assumed, since no checkpoint says it: the classes {', '.join(SC09_CLASSES)} (--classes)")
    print(f"the classifier is in {arguments.output}; use it with the metrics' option classifier_path")


def _source(bundle: Bundle, left_out: list[str]) -> dict[str, Any]:
    return {"checkpoint": bundle.prefix.name, "sha256": bundle.hashes(), "left_out": left_out}


def _tell_left_out(names: list[str]) -> None:
    from audiogan_tensorflow.inventory import described

    if names:
        print(f"left out: {described(names)}")
