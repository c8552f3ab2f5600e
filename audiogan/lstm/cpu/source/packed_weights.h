// Weights cut into panels, and gradients of weights put back into the caller's order.
//
// Packed gates follow one another block by block: i, f, g, o of a block's units, then those of the next block.
#pragma once

#include "call.h"
#include "micro_kernel.h"
#include "scratch.h"

namespace audiogan_lstm {

// The caller's row for a packed gate, or -1 for one that pads.
template <class Real>
int64_t row_of_gate(int64_t packed, int64_t hidden) {
  constexpr int64_t LANES = Simd<Real>::LANES;
  const int64_t block = packed / (GATES * LANES), gate = packed / LANES % GATES;
  const int64_t unit = block * LANES + packed % LANES;
  return unit < hidden ? gate * hidden + unit : -1;
}

// For z = W x, one panel for each block: [features, packed gates].
template <class Real>
Panels<Real> pack_forward(Scratch<Real>& scratch, const Plan<Real>& plan, const void* weight, int64_t features) {
  constexpr int64_t LANES = Simd<Real>::LANES, COLUMNS = GATES * LANES;
  Real* const data = scratch.take(features * plan.gates);
  for (int64_t panel = 0; data != nullptr && panel < plan.gates; panel += COLUMNS) {
    // A few features at a time: the lines of so many rows, read and written across, would not stay in the cache.
    for (int64_t first = 0; first < features; first += LANES) {
      const int64_t end = first + LANES < features ? first + LANES : features;
      for (int64_t j = 0; j < COLUMNS; ++j) {
        const int64_t row = row_of_gate<Real>(panel + j, plan.shape.hidden);
        const Real* const from = static_cast<const Real*>(weight) + row * features;
        for (int64_t k = first; k < end; ++k) data[panel * features + k * COLUMNS + j] = row < 0 ? Real(0) : from[k];
      }
    }
  }
  return {data, features, plan.gates};
}

// For Wᵀ delta: [packed gates, padded features], in narrow panels.
template <class Real>
Panels<Real> pack_backward(Scratch<Real>& scratch, const Plan<Real>& plan, const void* weight, int64_t features) {
  constexpr int64_t LANES = Simd<Real>::LANES;
  const int64_t width = round_up(features, Plan<Real>::WIDTH_MULTIPLE);
  Real* const data = scratch.take(plan.gates * width);
  int64_t panel = 0;
  while (data != nullptr && panel < width) {
    const int64_t columns = (panel + NARROW_VECTORS * LANES <= width ? NARROW_VECTORS : 1) * LANES;
    const int64_t left = features - panel, given = left < columns ? left : columns;
    for (int64_t gate = 0; gate < plan.gates; ++gate) {
      const int64_t row = row_of_gate<Real>(gate, plan.shape.hidden);
      const Real* const from = static_cast<const Real*>(weight) + row * features + panel;
      Real* const to = data + panel * plan.gates + gate * columns;
      for (int64_t j = 0; j < columns; ++j) to[j] = row < 0 || j >= given ? Real(0) : from[j];
    }
    panel += columns;
  }
  return {data, plan.gates, width};
}

template <class Real>
struct ForwardPanels final {
  Panels<Real> input, hidden;
  Real* bias;  // packed gates

  ForwardPanels(Scratch<Real>& scratch, const Plan<Real>& plan, const AudioganWeights& weights, int64_t layer)
      : input(pack_forward(scratch, plan, weights.weight_ih, plan.features(layer))),
        hidden(pack_forward(scratch, plan, weights.weight_hh, plan.shape.hidden)),
        bias(scratch.take(plan.gates)) {
    const Real* const given = static_cast<const Real*>(weights.bias);
    for (int64_t gate = 0; bias != nullptr && gate < plan.gates; ++gate) {
      const int64_t row = row_of_gate<Real>(gate, plan.shape.hidden);
      bias[gate] = given == nullptr || row < 0 ? Real(0) : given[row];
    }
  }
};

template <class Real>
struct BackwardPanels final {
  Panels<Real> input, hidden;

  BackwardPanels(Scratch<Real>& scratch, const Plan<Real>& plan, const AudioganWeights& weights, int64_t layer)
      : input(pack_backward(scratch, plan, weights.weight_ih, plan.features(layer))),
        hidden(pack_backward(scratch, plan, weights.weight_hh, plan.shape.hidden)) {}
};

}  // namespace audiogan_lstm
