"""Checkpoints of the original TensorFlow WaveGAN and SpecGAN, turned into audiogan's own files.

Source of names and layouts: https://github.com/chrisdonahue/wavegan.
"""
