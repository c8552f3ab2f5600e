// What both backward passes hold of a chunk, and the products that they have in common.
//
// The first pass carries h̄ and delta. The second carries, stacked in this order, h̃ over h̄ and z̃ over delta, and
// holds x over v and h over ḣ, so that one outer product gives Σ z̃ xᵀ + delta vᵀ.
#pragma once

#include "records.h"
#include "staging.h"
#include "weight_sums.h"

namespace audiogan_lstm {

template <class Real, int STACKED>
struct ReverseChunk final {
  const Plan<Real>& plan;
  const BackwardPanels<Real>* panels;  // one for each layer
  WeightSums<Real>* sums;              // one for each layer; null if no gradients of weights are wanted
  int64_t rows = 0;                    // of the slice
  int64_t first = 0, steps = 0;        // of the chunk

  ReverseChunk(Scratch<Real>& scratch, const Plan<Real>& plan, const BackwardPanels<Real>* panels,
               WeightSums<Real>* sums)
      : plan(plan),
        panels(panels),
        sums(sums),
        input_(scratch.take(rows_of_chunk() * STACKED * plan.feature_width(0))),
        hidden_(scratch.take((rows_of_chunk() + plan.shape.slice_rows) * plan.shape.layers * STACKED * plan.units)),
        tau_(scratch.take(rows_of_chunk() * plan.shape.layers * plan.units)),
        delta_(scratch.take(rows_of_chunk() * STACKED * plan.gate_stride)),
        above_(scratch.take(rows_of_chunk() * STACKED * plan.units)),
        below_(scratch.take(rows_of_chunk() * plan.feature_width(0))),
        h_carry_(scratch.take(plan.shape.slice_rows * plan.shape.layers * STACKED * plan.units)),
        c_carry_(scratch.take(plan.shape.slice_rows * plan.shape.layers * STACKED * plan.units)),
        c_initial_(scratch.take(plan.shape.slice_rows * plan.shape.layers * STACKED * plan.units)) {}

  // What the first layer reads.
  Grid<Real> input() const { return grid(input_, STACKED, plan.feature_width(0)); }
  // States of a layer, beginning with those before the chunk.
  Grid<Real> hidden(int64_t layer) const { return part(hidden_, layer, 1 + plan.chunk_steps, STACKED); }
  Grid<Real> tau(int64_t layer) const { return part(tau_, layer, plan.chunk_steps, 1); }
  // Of the layer being scanned.
  Grid<Real> delta() const { return grid(delta_, STACKED, plan.gate_stride); }
  // What the layer being scanned receives at each step from above.
  Grid<Real> above() const { return grid(above_, STACKED, plan.units); }
  // What the first layer passes on to its input.
  Grid<Real> below() const { return grid(below_, 1, plan.feature_width(0)); }
  // What a layer receives from the step after: h̄ or h̃ over h̄, and c̄ or c̃ over c̄.
  Real* h_carry(int64_t layer) const { return part(h_carry_, layer, 1, STACKED).data; }
  Real* c_carry(int64_t layer) const { return part(c_carry_, layer, 1, STACKED).data; }
  // c, or c over ċ, before the first step.
  Real* c_initial(int64_t layer) const { return part(c_initial_, layer, 1, STACKED).data; }

  // Steps down from the end: the chunk before this one, or the last one. False when none is left.
  void begin(int64_t slice_rows) {
    rows = slice_rows;
    first = plan.shape.steps;
    steps = 0;
  }
  bool next() {
    if (first == 0) return false;
    const int64_t end = first;
    first = end > plan.chunk_steps ? end - plan.chunk_steps : 0;
    steps = end - first;
    return true;
  }

  void carry_back(int64_t layer, int64_t step) const {
    multiply(delta().at(step), plan.gate_stride, STACKED * rows, panels[layer].hidden, h_carry(layer), plan.units,
             false);
  }

  void pass_down(int64_t layer) const {
    multiply(delta().data, plan.gate_stride, steps * STACKED * rows, panels[layer].input, above().data, plan.units,
             false);
  }

  // Of the stacked rows, only the first are what the input receives.
  void pass_to_input() const {
    for (int64_t t = 0; t < steps; ++t) {
      multiply(delta().at(t), plan.gate_stride, rows, panels[0].input, below().at(t), plan.feature_width(0), false);
    }
  }

  void add_weight_sums(int64_t layer) const {
    WeightSums<Real>& to = sums[layer];
    const int64_t all = steps * STACKED * rows, width = plan.feature_width(layer);
    const Real* const read = layer == 0 ? input().data : hidden(layer - 1).at(1);
    add_outer_products(read, width, round_up(plan.features(layer), TILE_ROWS), delta().data, plan.gate_stride,
                       plan.gates, all, to.input);
    add_outer_products(hidden(layer).data, plan.units, round_up(plan.shape.hidden, TILE_ROWS), delta().data,
                       plan.gate_stride, plan.gates, all, to.hidden);
    add_bias_sums(delta(), steps, rows, plan.gates, to.bias);
  }

 private:
  Real *input_, *hidden_, *tau_, *delta_, *above_, *below_, *h_carry_, *c_carry_, *c_initial_;

  int64_t rows_of_chunk() const { return plan.chunk_steps * plan.shape.slice_rows; }

  // Steps of a slice with fewer rows lie closer to each other, again without gaps.
  Grid<Real> grid(Real* data, int64_t stacked, int64_t width) const { return {data, stacked * rows * width, width}; }
  Grid<Real> part(Real* data, int64_t layer, int64_t layer_steps, int64_t stacked) const {
    return grid(data + layer * layer_steps * stacked * rows * plan.units, stacked, plan.units);
  }
};

}  // namespace audiogan_lstm
