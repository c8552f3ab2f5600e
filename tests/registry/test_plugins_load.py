from __future__ import annotations

from collections.abc import Callable

import pytest

from audiogan import PluginError
from audiogan.registry import Registry, installed

GOOD = """
    from attrs import frozen
    from audiogan import Discriminator, ScoreLoss, hookimpl

    @frozen
    class Options:
        pass

    class Good(Discriminator):
        options_class = Options
        def forward(self, samples, labels=None):
            return samples.flatten(1).sum(1)

    class Sum(ScoreLoss):
        options_class = Options
        recommended_optimizer = {"type": "SGD", "lr": 1.0}
        def discriminator_loss(self, real, fake):
            return real.sum()
        def generator_loss(self, fake):
            return fake.sum()

    @hookimpl
    def register_discriminators(register):
        register("good", Good)

    @hookimpl
    def register_losses(register):
        register("sum", Sum)
"""

Install = Callable[..., None]
Load = Callable[..., Registry]


def test_a_strangers_plugin(install: Install, load: Load) -> None:
    install("stranger", GOOD)
    registry = load()
    entry = registry.find("discriminator", "good")
    assert (entry.kind, entry.name, str(entry.plugin)) == ("discriminator", "good", "stranger 1.0")
    assert entry.component_class.__name__ == "Good"
    assert registry.options_class("discriminator", "good").__name__ == "Options"
    assert registry.recommended_optimizer("sum") == {"type": "SGD", "lr": 1.0}
    assert registry.names("discriminator") == ("good",)
    assert registry.broken == ()


def test_unknown_names_suggest_the_nearest_and_tell_of_broken_plugins(install: Install, load: Load) -> None:
    install("stranger", GOOD)
    install("ruin", "import no_such_module_anywhere")
    registry = load()
    with pytest.raises(PluginError) as caught:
        registry.find("discriminator", "godo")
    assert str(caught.value).splitlines() == [
        "unknown discriminator 'godo'; did you mean 'good'? installed: good",
        "    note: plugin 'ruin' of ruin 1.0 could not be loaded: ModuleNotFoundError: No module named "
        "'no_such_module_anywhere' (ruin.py, line 1)",
    ]
    with pytest.raises(PluginError, match="unknown kind of component 'generater'; did you mean 'generator'"):
        registry.find("generater", "good")


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("x = 1\nraise RuntimeError('no licence')", "RuntimeError: no licence (ruin.py, line 2)"),
        ("import sys\nsys.exit(3)", "SystemExit: 3 (ruin.py, line 2)"),
        ("def broken(:", "SyntaxError: invalid syntax (ruin.py, line 1)"),
        (
            GOOD.replace("register_losses", "register_loses"),
            "there is no hook 'register_loses'; did you mean 'register_losses'? hooks: register_datasets, ",
        ),
        (
            GOOD.replace("    @hookimpl\n    def register_losses", "    def register_losses"),
            "'register_losses' is not marked as a hook; decorate it with @audiogan.hookimpl",
        ),
        (GOOD.replace('register("sum", Sum)', "register('sum', Sum)\n        1 / 0"), "ZeroDivisionError"),
        (GOOD.replace('"sum", Sum', '"sum", Good'), "loss 'sum': Good must derive from audiogan.Loss"),
        (GOOD.replace('"sum", Sum', '"sum", Sum()'), "loss 'sum' must be registered as a class"),
        (GOOD.replace('"sum", Sum', '"Sum!", Sum'), "'Sum!' is no name for a loss"),
        (GOOD.replace('"sum", Sum', "3, Sum"), "3 is no name for a loss"),
        (GOOD.replace("def generator_loss", "def generator_lost"), "loss 'sum': Sum lacks the methods generator_loss"),
        (GOOD.replace("options_class = Options", "pass"), "discriminator 'good': Good needs an attrs class"),
        (GOOD.replace("        pass\n", "        type: str = 'x'\n", 1), "an option cannot be called 'type'"),
        (
            GOOD.replace("        pass\n", "        steps: 'Sequence[int]' = ()\n", 1),
            "a type in Options cannot be read: name 'Sequence' is not defined",
        ),
        (GOOD.replace('register("good", Good)', 'register("good", Good); register("good", Good)'), "registered twice"),
        (GOOD.replace("def register_losses(register)", "def register_losses(registry)"), "PluginValidationError"),
    ],
)
def test_a_broken_plugin_is_named_and_leaves_nothing_behind(
    install: Install, load: Load, code: str, error: str
) -> None:
    install("ruin", code)
    install("stranger", GOOD, module="stranger")
    registry = load()
    (broken,) = registry.broken
    assert (broken.name, broken.distribution) == ("ruin", "ruin 1.0")
    assert error in broken.error
    assert "importlib" not in broken.error
    assert registry.contested == {}
    assert registry.find("loss", "sum").plugin.distribution == "stranger"
    assert registry.find("discriminator", "good").plugin.distribution == "stranger"


def test_a_name_that_two_distributions_claim_cannot_be_used(install: Install, load: Load) -> None:
    install("first", GOOD)
    install("second", GOOD.replace('"sum"', '"total"'))
    registry = load()
    with pytest.raises(PluginError, match=r"'good' is registered by (first|second) 1\.0 and by .* uninstall one"):
        registry.find("discriminator", "good")
    assert registry.names("discriminator") == ()
    assert registry.names("loss") == ("sum", "total")


def test_a_project_that_is_on_the_path_twice_counts_once(install: Install, load: Load) -> None:
    install("stranger", GOOD, folder="site")
    install("stranger", GOOD, folder="tree")
    registry = load("site", "tree")
    assert registry.names("discriminator") == ("good",)
    assert registry.contested == {}


def test_every_built_in_is_there() -> None:
    registry = installed()
    assert registry.broken == ()
    assert {kind: registry.names(kind) for kind in registry.entries} == {
        "dataset": ("audio-folder", "bach-piano", "tfrecord"),
        "representation": ("spectrogram", "waveform"),
        "generator": ("specgan", "wavegan"),
        "discriminator": ("lstm", "lstm-conv", "specgan", "wavegan"),
        "loss": ("gan", "lsgan", "wgan", "wgan-gp"),
        "metric": (
            "checkerboard",
            "frechet-distance",
            "inception-score",
            "kernel-distance",
            "ndb",
            "nearest-neighbours",
            "precision-recall",
        ),
        "callback": ("ema", "gradient-clipping"),
        "embedding": (),
        "optimizer": ("TensorFlowRMSprop",),
        "command": ("data bach", "data inspect", "data pack", "import-tensorflow"),
    }


def test_the_recommended_optimizers_are_the_studys() -> None:
    registry = installed()
    recommended = {name: dict(registry.recommended_optimizer(name)) for name in registry.names("loss")}
    rates = {name: (arguments["type"], arguments["lr"]) for name, arguments in recommended.items()}
    assert rates == {
        "gan": ("Adam", 2e-4),
        "lsgan": ("TensorFlowRMSprop", 1e-4),
        "wgan": ("TensorFlowRMSprop", 5e-5),
        "wgan-gp": ("Adam", 1e-4),
    }
    assert recommended["gan"]["betas"][0] == 0.5
    assert recommended["wgan-gp"]["betas"] == [0.5, 0.9]


def test_what_a_second_module_hands_on_is_registered_once(install: Install, load: Load) -> None:
    install("stranger", GOOD)
    install("other", "from stranger import *", module="other")
    registry = load()
    assert registry.contested == {}
    assert registry.names("discriminator") == ("good",)
