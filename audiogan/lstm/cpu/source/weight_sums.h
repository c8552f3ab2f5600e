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
  constexpr int64_t LANES = Simd<Real>::LANES;
  const int64_t features = plan.features(layer), hidden = plan.shape.hidden;
  Real* const weight_ih = static_cast<Real*>(gradients.weight_ih);
  Real* const weight_hh = static_cast<Real*>(gradients.weight_hh);
  Real* const bias = static_cast<Real*>(gradients.bias);
  // Totals of a vector of gates at a time, which are read along their lines and written to a row each.
  const auto write = [&](Real* to, int64_t columns, Real* WeightSums<Real>::* sums, int64_t gate) {
    for (int64_t k = 0; k < columns; ++k) {
      Vector<Real> total = {};
      for (const auto& layers : sums_of_workers) total += load(layers[layer].*sums + k * plan.gates + gate);
      for (int64_t lane = 0; lane < LANES; ++lane) {
        const int64_t row = row_of_gate<Real>(gate + lane, hidden);
        if (row >= 0) to[row * columns + k] = total[lane];
      }
    }
  };
  for (int64_t gate = 0; gate < plan.gates; gate += LANES) {
    write(weight_ih, features, &WeightSums<Real>::input, gate);
    write(weight_hh, hidden, &WeightSums<Real>::hidden, gate);
    if (bias != nullptr) write(bias, 1, &WeightSums<Real>::bias, gate);
  }
}

}  // namespace audiogan_lstm
