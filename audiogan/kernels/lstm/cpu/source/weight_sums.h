// Gradients of the weights, summed by one worker over its slices, and added up over workers in their order.
#pragma once

#include <vector>

#include "call.h"
#include "micro_kernel.h"
#include "packed_weights.h"

namespace audiogan_lstm {

template <class Real>
struct WeightSums final {
  Real* input;   // [padded features, packed gates]
  Real* hidden;  // [units, packed gates]
  Real* bias;    // [packed gates]
  int64_t elements;

  WeightSums(Scratch<Real>& scratch, const Plan<Real>& plan, int64_t layer)
      : elements((plan.feature_width(layer) + plan.units + 1) * plan.gates) {
    input = scratch.take(elements);
    hidden = input == nullptr ? nullptr : input + plan.feature_width(layer) * plan.gates;
    bias = input == nullptr ? nullptr : hidden + plan.units * plan.gates;
  }

  void clear() {
    for (int64_t k = 0; k < elements; ++k) input[k] = 0;
  }
};

// bias += Σ over steps and their first `rows` rows of delta.
template <class Real>
void add_bias_sums(const Grid<Real>& delta, int64_t steps, int64_t rows, int64_t gates, Real* bias) {
  constexpr int64_t LANES = Simd<Real>::LANES;
  for (int64_t gate = 0; gate < gates; gate += PANEL_VECTORS * LANES) {
    Vector<Real> sums[PANEL_VECTORS] = {};
    for (int64_t t = 0; t < steps; ++t) {
      for (int64_t r = 0; r < rows; ++r) {
        AUDIOGAN_UNROLL
        for (int v = 0; v < PANEL_VECTORS; ++v) sums[v] += load(delta.at(t, r) + gate + v * LANES);
      }
    }
    AUDIOGAN_UNROLL
    for (int v = 0; v < PANEL_VECTORS; ++v) {
      Real* to = bias + gate + v * LANES;
      store(to, load(to) + sums[v]);
    }
  }
}

template <class Real>
void write_gradients(const Plan<Real>& plan, const std::vector<std::vector<WeightSums<Real>>>& sums_of_workers,
                     int64_t layer, const AudioganWeights& gradients) {
  const int64_t features = plan.features(layer), hidden = plan.shape.hidden;
  Real* const weight_ih = static_cast<Real*>(gradients.weight_ih);
  Real* const weight_hh = static_cast<Real*>(gradients.weight_hh);
  Real* const bias = static_cast<Real*>(gradients.bias);
  const auto total = [&](auto&& element) {
    Real sum = 0;
    for (const auto& layers : sums_of_workers) sum += element(layers[layer]);
    return sum;
  };
  for (int64_t gate = 0; gate < plan.gates; ++gate) {
    const int64_t row = row_of_gate<Real>(gate, hidden);
    if (row < 0) continue;
    for (int64_t k = 0; k < features; ++k) {
      weight_ih[row * features + k] = total([&](const auto& sums) { return sums.input[k * plan.gates + gate]; });
    }
    for (int64_t k = 0; k < hidden; ++k) {
      weight_hh[row * hidden + k] = total([&](const auto& sums) { return sums.hidden[k * plan.gates + gate]; });
    }
    if (bias != nullptr) bias[row] = total([&](const auto& sums) { return sums.bias[gate]; });
  }
}

}  // namespace audiogan_lstm
