"""What the author of a plugin runs: pytest, in this folder, with audiogan and the plugin installed."""

from audiogan_plugin_example import PatchDiscriminator

from audiogan.testing import check_discriminator, waveform_data


def test_patch_is_a_discriminator() -> None:
    """It keeps to the interface at an ordinary and at an odd length."""
    check_discriminator(PatchDiscriminator, {"dim": 4}, data=waveform_data(1024))
    check_discriminator(PatchDiscriminator, {"dim": 4, "kernel_size": 5}, data=waveform_data(333, channels=2))
