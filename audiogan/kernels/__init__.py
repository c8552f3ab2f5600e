"""Numerical kernels, each with several implementations behind one signature."""
