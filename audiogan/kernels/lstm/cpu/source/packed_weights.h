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

// Panels of VECTORS vectors; `element(k, column)` gives a matrix of `depth` rows and `width` columns.
template <int VECTORS, class Real, class Element>
Panels<Real> pack(Scratch<Real>& scratch, int64_t depth, int64_t width, const Element& element) {
  constexpr int64_t LANES = Simd<Real>::LANES;
  Real* const data = scratch.take(depth * width);
  if (data != nullptr) {
    int64_t panel = 0;
    while (panel < width) {
      const int64_t columns = (panel + VECTORS * LANES <= width ? VECTORS : 1) * LANES;
      for (int64_t k = 0; k < depth; ++k) {
        for (int64_t j = 0; j < columns; ++j) data[panel * depth + k * columns + j] = element(k, panel + j);
      }
      panel += columns;
    }
  }
  return {data, depth, width};
}

// For z = W x, one panel for each block: [features, packed gates].
template <class Real>
Panels<Real> pack_forward(Scratch<Real>& scratch, const Plan<Real>& plan, const void* weight, int64_t features) {
  const Real* const matrix = static_cast<const Real*>(weight);
  return pack<PANEL_VECTORS>(scratch, features, plan.gates, [=, &plan](int64_t feature, int64_t gate) {
    const int64_t row = row_of_gate<Real>(gate, plan.shape.hidden);
    return row < 0 ? Real(0) : matrix[row * features + feature];
  });
}

// For Wᵀ delta: [packed gates, padded features].
template <class Real>
Panels<Real> pack_backward(Scratch<Real>& scratch, const Plan<Real>& plan, const void* weight, int64_t features) {
  const Real* const matrix = static_cast<const Real*>(weight);
  const int64_t width = round_up(features, Plan<Real>::WIDTH_MULTIPLE);
  return pack<NARROW_VECTORS>(scratch, plan.gates, width, [=, &plan](int64_t gate, int64_t feature) {
    const int64_t row = row_of_gate<Real>(gate, plan.shape.hidden);
    return row < 0 || feature >= features ? Real(0) : matrix[row * features + feature];
  });
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
