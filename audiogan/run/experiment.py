"""One experiment from its spec to its row: fit, train or go on training, score the best checkpoint."""

from __future__ import annotations

import traceback

import torch
from attrs import evolve

from audiogan.durations import duration
from audiogan.errors import AudioganError, CheckpointError, PluginError, TrainingError
from audiogan.files import read_record, write_bytes, write_record
from audiogan.interfaces import DataSpec, TrainingContext
from audiogan.registry import Registry
from audiogan.registry.blame import plugin_fault
from audiogan.report.records import ResultRecord
from audiogan.run.folder import ExperimentFolder
from audiogan.run.identity import budget
from audiogan.run.reference import Judges
from audiogan.run.scoring import Scorer
from audiogan.run.scoring_cost import scoring_seconds
from audiogan.shortage import memory_shortage
from audiogan.spec.schema import ExperimentSpec
from audiogan.training.checkpoint import read_checkpoint, read_document
from audiogan.training.components import Components, build_components
from audiogan.training.log import MetricsLog
from audiogan.training.loop import Outcome, train
from audiogan.training.observer import Observer
from audiogan.training.rehearsal import Rehearsal
from audiogan.training.snapshot import SCORED, load_module
from audiogan.training.stop import StopSignal
from audiogan.training.trainer import Trainer


def is_finished(folder: ExperimentFolder, spec: ExperimentSpec) -> bool:
    """Whether the experiment has its row, for the budget that it is given now."""
    result = read_record(folder.result, ResultRecord)
    return result is not None and result.status == "finished" and result.budget == budget(spec)


def run_experiment(
    spec: ExperimentSpec,
    folder: ExperimentFolder,
    *,
    components: Components | None,
    fault: PluginError | None,
    registry: Registry,
    judges: Judges,
    device: torch.device,
    observer: Observer,
    stop: StopSignal,
) -> Outcome:
    """Trains ``spec`` from where ``folder`` stands, and writes its ``result.json`` when the budget is spent.

    ``components`` are those that were built for it before, if any, and ``fault`` is why they cannot be trained.

    :raises AudioganError: it cannot go on; ``result.json`` then says why.
    :raises Interrupted: a stop was requested where nothing was unsaved.
    """
    _forget_failure(folder)
    try:
        with stop.interruptible():
            if fault is not None:
                raise fault
            components = components or build_components(spec, registry)
            torch.manual_seed(spec.training.seed)
            torch.set_rng_state(components.random_state)
            _refuse_changed_data(folder, components)
            # a classifier may have to be trained first, or lie in the cache; the experiment must not notice which
            with torch.random.fork_rng(devices=[device] if device.type == "cuda" else []):
                metrics = judges.of(spec, components.dataset, scored_before=folder.latest.exists())
            trainer = _trainer(spec, components, folder, device, observer)
            Rehearsal(components, registry, device).of_representation()
            _tell_scoring_cost(spec, components, judges, device, observer)
        for callback in components.callbacks:
            callback.on_train_start(_context(spec, folder, trainer))
        # state that no checkpoint can hold is refused before it costs any training
        trainer.checkpoint()
        scorer = Scorer(spec, metrics, folder)
        outcome = train(
            trainer,
            spec.training,
            spec.evaluation,
            score=scorer,
            keeper=folder,
            log=MetricsLog(folder.metrics),
            observer=observer,
            stop=stop,
            lower_is_better=frozenset[str]().union(*(each.metric.lower_is_better() for each in metrics)),
        )
        for callback in components.callbacks:
            callback.on_train_end()
        if outcome is Outcome.FINISHED:
            with stop.interruptible():
                write_record(folder.result, _result(spec, trainer, scorer, folder, observer))
    except AudioganError as error:
        _remember_failure(folder, spec, error)
        raise
    except Exception as error:
        failure = _in_words(error, registry)
        failure.__cause__ = error
        _remember_failure(folder, spec, failure)
        raise failure from error
    return outcome


def _in_words(error: Exception, registry: Registry) -> AudioganError:
    shortage = memory_shortage(error)
    if shortage is None:
        return plugin_fault(registry, error)
    return TrainingError(
        f"memory runs out: lower training.batch_size, the networks' dim, or evaluation.samples ({shortage})"
    )


def _context(spec: ExperimentSpec, folder: ExperimentFolder, trainer: Trainer) -> TrainingContext:
    components = trainer.components
    return TrainingContext(
        experiment=spec.name,
        folder=folder.path,
        generator=components.generator,
        discriminator=components.discriminator,
        data=evolve(DataSpec.of(components.dataset), sample_shape=components.representation.sample_shape),
        batch_size=spec.training.batch_size,
        seed=spec.training.seed,
        device=trainer.device,
        step=trainer.state.step,
        discriminator_steps=spec.training.discriminator_steps,
    )


def _tell_scoring_cost(
    spec: ExperimentSpec, components: Components, judges: Judges, device: torch.device, observer: Observer
) -> None:
    if judges.seconds_per_window is None:
        return
    seconds = scoring_seconds(spec, components, judging_s=judges.seconds_per_window, device=device)
    if seconds is not None:
        one, together = seconds
        observer.info(
            f"a scoring of {spec.evaluation.samples:,} windows takes about {duration(one)}, all of them and the final "
            f"one of {spec.evaluation.final_samples:,} about {duration(together)}"
        )


def _remember_failure(folder: ExperimentFolder, spec: ExperimentSpec, error: AudioganError) -> None:
    if isinstance(error, PluginError) and error.__cause__ is not None:
        write_bytes(folder.traceback, "".join(traceback.format_exception(error.__cause__)).encode())
    # the row of a shorter budget stays until the longer one has its own
    before = read_record(folder.result, ResultRecord)
    if before is None or before.status == "failed":
        write_record(folder.result, ResultRecord(spec.name, spec.title, "failed", str(error)))
    else:
        write_record(folder.result, evolve(before, continuation_error=str(error)))


def _forget_failure(folder: ExperimentFolder) -> None:
    folder.traceback.unlink(missing_ok=True)
    # a new attempt that is stopped half-way must not be reported as failed
    result = read_record(folder.result, ResultRecord)
    if result is None:
        return
    if result.status == "failed":
        folder.result.unlink()
    elif result.continuation_error is not None:
        write_record(folder.result, evolve(result, continuation_error=None))


def _refuse_changed_data(folder: ExperimentFolder, components: Components) -> None:
    if folder.latest.exists() and read_document(folder.latest).get("dataset") != components.dataset.fingerprint():
        raise CheckpointError(
            f"{folder.latest}: the dataset holds something else than when this training began; give it back its "
            f"files, run elsewhere with --output DIR, or delete {folder.path} to begin anew"
        )


def _trainer(
    spec: ExperimentSpec, components: Components, folder: ExperimentFolder, device: torch.device, observer: Observer
) -> Trainer:
    trainer = Trainer(components, spec.training, device=device)
    log = MetricsLog(folder.metrics)
    if folder.latest.exists():
        checkpoint = read_checkpoint(folder.latest)
        try:
            trainer.restore(checkpoint)
        except CheckpointError as error:
            raise CheckpointError(f"{folder.latest}: {error}; delete {folder.path} to begin anew") from error
        observer.info(f"going on from step {trainer.state.step}")
    else:
        components.representation.fit(components.dataset)
    log.rewind(step=trainer.state.step, score_pending=trainer.state.score_pending)
    return trainer


def _result(
    spec: ExperimentSpec, trainer: Trainer, scorer: Scorer, folder: ExperimentFolder, observer: Observer
) -> ResultRecord:
    best = trainer.state.best
    if best is None:
        raise CheckpointError(f"{folder.path}: the training ended without a score; delete the folder to begin anew")
    checkpoint = read_checkpoint(folder.best)
    load_module("representation", trainer.components.representation, checkpoint)
    generator = trainer.generator_for_scoring()
    load_module(SCORED if checkpoint.under(SCORED) else "generator", generator, checkpoint)
    final = scorer.final(generator, trainer.components, device=trainer.device)
    for warning in final.warnings():
        observer.warning(f"{spec.name}: {warning}")
    return ResultRecord(
        name=spec.name,
        title=spec.title,
        status="finished",
        steps=trainer.state.step,
        epochs=trainer.state.position / len(trainer.components.dataset),
        best_step=best.step,
        best_epoch=best.epoch,
        samples=spec.evaluation.final_samples,
        values=final.figures,
        intervals=final.intervals,
        left_out=final.left_out,
        protocol=final.protocol,
        budget=budget(spec),
    )
