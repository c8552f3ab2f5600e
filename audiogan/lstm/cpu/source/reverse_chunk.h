// What both backward passes hold of a chunk, and the products that they have in common.
//
// The gradients of the weights are sums of TERMS outer products. The first pass has one: delta with x and h. The second
// has two: z̃ with x and h, and delta with v and ḣ. What belongs to the same term bears its number.
#pragma once

#include "records.h"
#include "staging.h"
#include "weight_sums.h"

namespace audiogan_lstm {

template <class Real, int TERMS>
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
        input_(scratch.take(rows_of_chunk() * TERMS * plan.feature_width(0))),
        hidden_(scratch.take((rows_of_chunk() + plan.shape.slice_rows) * plan.shape.layers * TERMS * plan.units)),
        tau_(scratch.take(rows_of_chunk() * plan.shape.layers * plan.units)),
        delta_(scratch.take(rows_of_chunk() * TERMS * plan.gate_stride)),
        above_(scratch.take(rows_of_chunk() * plan.units)),
        below_(scratch.take(rows_of_chunk() * plan.feature_width(0))),
        h_carry_(scratch.take(plan.shape.slice_rows * plan.shape.layers * plan.units)),
        c_carry_(scratch.take(plan.shape.slice_rows * plan.shape.layers * TERMS * plan.units)),
        c_initial_(scratch.take(plan.shape.slice_rows * plan.shape.layers * TERMS * plan.units)) {}

  // What the first layer reads: x, v.
  Grid<Real> input(int term) const { return grid(input_, term, plan.chunk_steps, plan.feature_width(0)); }
  // States of a layer, beginning with those before the chunk: h, ḣ.
  Grid<Real> hidden(int64_t layer, int term) const {
    return grid(hidden_, layer * TERMS + term, 1 + plan.chunk_steps, plan.units);
  }
  Grid<Real> tau(int64_t layer) const { return grid(tau_, layer, plan.chunk_steps, plan.units); }
  // Of the layer being scanned: delta alone, or z̃, delta.
  Grid<Real> delta(int term) const { return grid(delta_, term, plan.chunk_steps, plan.gate_stride); }
  // What the layer being scanned receives at each step from above: of h̄, or of h̃.
  Grid<Real> above() const { return grid(above_, 0, plan.chunk_steps, plan.units); }
  // What the first layer passes on to its input.
  Grid<Real> below() const { return grid(below_, 0, plan.chunk_steps, plan.feature_width(0)); }
  // What a layer receives from the step after: of h̄, or of h̃.
  Real* h_carry(int64_t layer) const { return grid(h_carry_, layer, 1, plan.units).data; }
  // The same: of c̄ alone, or of c̃, c̄.
  Real* c_carry(int64_t layer, int term) const { return grid(c_carry_, layer * TERMS + term, 1, plan.units).data; }
  // Before the first step: c, ċ.
  Real* c_initial(int64_t layer, int term) const {
    return grid(c_initial_, layer * TERMS + term, 1, plan.units).data;
  }

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
    multiply(delta(0).at(step), plan.gate_stride, rows, panels[layer].hidden, h_carry(layer), plan.units, false);
  }

  // To the layer below, or to the input.
  void pass_down(int64_t layer, const Grid<Real>& to) const {
    multiply(delta(0).data, plan.gate_stride, steps * rows, panels[layer].input, to.data, to.row_stride, false);
  }

  void add_weight_sums(int64_t layer) const {
    WeightSums<Real>& to = sums[layer];
    const int64_t width = plan.feature_width(layer);
    for (int term = 0; term < TERMS; ++term) {
      const Real* const read = layer == 0 ? input(term).data : hidden(layer - 1, term).at(1);
      add_outer_products(read, width, round_up(plan.features(layer), TILE_ROWS), delta(term).data, plan.gate_stride,
                         plan.gates, steps * rows, to.input);
      add_outer_products(hidden(layer, term).data, plan.units, round_up(plan.shape.hidden, TILE_ROWS),
                         delta(term).data, plan.gate_stride, plan.gates, steps * rows, to.hidden);
    }
    add_bias_sums(delta(0), steps, rows, plan.gates, to.bias);
  }

 private:
  Real *input_, *hidden_, *tau_, *delta_, *above_, *below_, *h_carry_, *c_carry_, *c_initial_;

  int64_t rows_of_chunk() const { return plan.chunk_steps * plan.shape.slice_rows; }

  // The `index`th of several with as many steps. Steps of a slice with fewer rows lie closer, again without gaps.
  Grid<Real> grid(Real* all, int64_t index, int64_t grid_steps, int64_t width) const {
    return {all + index * grid_steps * rows * width, rows * width, width};
  }
};

}  // namespace audiogan_lstm
