// The forward pass of one slice: chunk by chunk, and within a chunk layer by layer.
#pragma once

#include "packed_weights.h"
#include "records.h"
#include "staging.h"

namespace audiogan_lstm {

template <class Real>
struct ForwardScan final {
  const Plan<Real>& plan;
  const AudioganCall& call;
  const ForwardPanels<Real>* panels;  // one for each layer
  Grid<Real> input;                   // [chunk, rows, padded inputs]
  Grid<Real> h;                       // [layers * (1 + chunk), rows, units]: each layer's begins with the step before
  Grid<Real> c;                       // [layers, rows, units]

  ForwardScan(Scratch<Real>& scratch, const Plan<Real>& plan, const AudioganCall& call,
              const ForwardPanels<Real>* panels)
      : plan(plan),
        call(call),
        panels(panels),
        input(scratch.grid(plan.chunk_steps, plan.shape.slice_rows, plan.feature_width(0))),
        h(scratch.grid(plan.shape.layers * (1 + plan.chunk_steps), plan.shape.slice_rows, plan.units)),
        c(scratch.grid(plan.shape.layers, plan.shape.slice_rows, plan.units)) {}

  void run(const Slice& slice) {
    const Shape& shape = plan.shape;
    for (int64_t layer = 0; layer < shape.layers; ++layer) {
      stage_state(call.arguments.h0, plan, slice, layer, h_of(layer).at(0));
      stage_state(call.arguments.c0, plan, slice, layer, c.at(layer));
    }
    for (int64_t first = 0; first < shape.steps; first += plan.chunk_steps) {
      const int64_t left = shape.steps - first, steps = left < plan.chunk_steps ? left : plan.chunk_steps;
      stage(Window<Real>(call.arguments.x, slice, first), steps, slice.rows, shape.inputs, input,
            plan.feature_width(0));
      for (int64_t layer = 0; layer < shape.layers; ++layer) scan_chunk(slice, layer, first, steps);
      unstage(output_of(shape.layers - 1), steps, slice.rows, shape.hidden,
              Window<Real>(call.results.output, slice, first));
      for (int64_t layer = 0; layer < shape.layers; ++layer) {
        __builtin_memcpy(h_of(layer).at(0), h_of(layer).at(steps), sizeof(Real) * slice.rows * plan.units);
      }
    }
    for (int64_t layer = 0; layer < shape.layers; ++layer) {
      unstage_state(h_of(layer).at(0), plan, slice, layer, call.results.hn);
      unstage_state(c.at(layer), plan, slice, layer, call.results.cn);
    }
  }

 private:
  Grid<Real> h_of(int64_t layer) const {
    return {h.at(layer * (1 + plan.chunk_steps)), h.step_stride, h.row_stride};
  }
  Grid<Real> output_of(int64_t layer) const {
    const Grid<Real> all = h_of(layer);
    return {all.at(1), all.step_stride, all.row_stride};
  }

  void scan_chunk(const Slice& slice, int64_t layer, int64_t first, int64_t steps) {
    const Grid<Real> from = layer == 0 ? input : output_of(layer - 1), states = h_of(layer);
    const Records<Real> records(static_cast<Real*>(call.records), plan, slice.index, layer);
    for (int64_t t = 0; t < steps; ++t) {
      for (int64_t block = 0; block < plan.blocks; ++block) {
        for_row_tiles<TALL_ROWS>(slice.rows, [&](auto tile_rows, int64_t row) {
          scan_tile<decltype(tile_rows)::value>(from.at(t, row), from.row_stride, states.at(t, row),
                                                states.at(t + 1, row), c.at(layer, row), panels[layer], block,
                                                records.data == nullptr ? nullptr : records.at(first + t, row, block));
        });
      }
    }
  }

  template <int ROWS>
  AUDIOGAN_APART void scan_tile(const Real* x, int64_t x_stride, const Real* h_before, Real* h_now, Real* c_now,
                                 const ForwardPanels<Real>& weights, int64_t block, Real* record) const {
    constexpr int64_t LANES = Simd<Real>::LANES;
    const int64_t column = block * GATES * LANES, unit = block * LANES, given = plan.shape.hidden - unit;
    Tile<Real, ROWS, PANEL_VECTORS> z;
    AUDIOGAN_UNROLL
    for (int v = 0; v < PANEL_VECTORS; ++v) {
      const Vector<Real> bias = load(weights.bias + column + v * LANES);
      AUDIOGAN_UNROLL
      for (int r = 0; r < ROWS; ++r) z.sums[r][v] = bias;
    }
    add_product(z, x, x_stride, weights.input.panel(column), GATES * LANES, weights.input.depth);
    add_product(z, h_before, plan.units, weights.hidden.panel(column), GATES * LANES, weights.hidden.depth);
    AUDIOGAN_UNROLL
    for (int r = 0; r < ROWS; ++r) {
      auto& sums = z.sums[r];
      if (given < LANES) {
        // An infinite input times a padding weight is not a number.
        AUDIOGAN_UNROLL
        for (int v = 0; v < PANEL_VECTORS; ++v) sums[v] = first_lanes<Real>(sums[v], given);
      }
      const PerGate<Real> gates = activate<Real>({sums[0], sums[1], sums[2], sums[3]});
      Real* const c_at = c_now + r * plan.units + unit;
      const State<Real> state = next_state<Real>(gates, load(c_at));
      store(c_at, state.c);
      store(h_now + r * plan.units + unit, state.h);
      if (record != nullptr) Records<Real>::write(record + r * plan.record, gates, state.c);
    }
  }
};

}  // namespace audiogan_lstm
