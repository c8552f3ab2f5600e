"""The twice-differentiable LSTM: :mod:`audiogan.kernels.lstm.interface` says what its implementations compute."""
