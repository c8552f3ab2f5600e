// The tangent of one slice: how states and outputs move when the arguments move along the direction.
#pragma once

#include "packed_weights.h"
#include "records.h"
#include "staging.h"

namespace audiogan_lstm {

template <class Real>
struct TangentScan final {
  const Plan<Real>& plan;
  const AudioganCall& call;
  const ForwardPanels<Real>* panels;  // one for each layer
  const ForwardPanels<Real>* moved;   // the direction's weights; null where these are all zero
  Real* tangents;                     // ż and ċ of the slice, laid out as records are
  Grid<Real> input, input_moved;      // [chunk, rows, padded inputs]: x and v
  Grid<Real> h, h_moved;              // [layers * (1 + chunk), rows, units]: each layer's begins with the step before
  Grid<Real> c_initial, c_moved;      // [layers, rows, units]: c before the first step, ċ before the present one

  static constexpr int64_t LANES = Simd<Real>::LANES;

  TangentScan(Scratch<Real>& scratch, const Plan<Real>& plan, const AudioganCall& call,
              const ForwardPanels<Real>* panels, const ForwardPanels<Real>* moved, Real* tangents)
      : plan(plan),
        call(call),
        panels(panels),
        moved(moved),
        tangents(tangents),
        input(scratch.grid(plan.chunk_steps, plan.shape.slice_rows, plan.feature_width(0))),
        input_moved(scratch.grid(plan.chunk_steps, plan.shape.slice_rows, plan.feature_width(0))),
        h(scratch.grid(plan.shape.layers * (1 + plan.chunk_steps), plan.shape.slice_rows, plan.units)),
        h_moved(scratch.grid(plan.shape.layers * (1 + plan.chunk_steps), plan.shape.slice_rows, plan.units)),
        c_initial(scratch.grid(plan.shape.layers, plan.shape.slice_rows, plan.units)),
        c_moved(scratch.grid(plan.shape.layers, plan.shape.slice_rows, plan.units)) {}

  void run(const Slice& slice) {
    const Shape& shape = plan.shape;
    for (int64_t layer = 0; layer < shape.layers; ++layer) {
      stage_state(call.arguments.h0, plan, slice, layer, part(h, layer).at(0));
      stage_state(call.arguments.c0, plan, slice, layer, c_initial.at(layer));
      stage_state(call.direction.h0, plan, slice, layer, part(h_moved, layer).at(0));
      stage_state(call.direction.c0, plan, slice, layer, c_moved.at(layer));
    }
    for (int64_t first = 0; first < shape.steps; first += plan.chunk_steps) {
      const int64_t left = shape.steps - first, steps = left < plan.chunk_steps ? left : plan.chunk_steps;
      stage(Window<Real>(call.arguments.x, slice, first), steps, slice.rows, shape.inputs, input,
            plan.feature_width(0));
      stage(Window<Real>(call.direction.x, slice, first), steps, slice.rows, shape.inputs, input_moved,
            plan.feature_width(0));
      for (int64_t layer = 0; layer < shape.layers; ++layer) scan_chunk(slice, layer, first, steps);
      if (call.tangents.output.data != nullptr) {
        unstage(outputs(h_moved, shape.layers - 1), steps, slice.rows, shape.hidden,
                Window<Real>(call.tangents.output, slice, first));
      }
      for (int64_t layer = 0; layer < shape.layers; ++layer) {
        const int64_t bytes = sizeof(Real) * slice.rows * plan.units;
        __builtin_memcpy(part(h, layer).at(0), part(h, layer).at(steps), bytes);
        __builtin_memcpy(part(h_moved, layer).at(0), part(h_moved, layer).at(steps), bytes);
      }
    }
    for (int64_t layer = 0; call.tangents.hn != nullptr && layer < shape.layers; ++layer) {
      unstage_state(part(h_moved, layer).at(0), plan, slice, layer, call.tangents.hn);
      unstage_state(c_moved.at(layer), plan, slice, layer, call.tangents.cn);
    }
  }

 private:
  Grid<Real> part(const Grid<Real>& all, int64_t layer) const {
    return {all.at(layer * (1 + plan.chunk_steps)), all.step_stride, all.row_stride};
  }
  Grid<Real> outputs(const Grid<Real>& all, int64_t layer) const {
    const Grid<Real> states = part(all, layer);
    return {states.at(1), states.step_stride, states.row_stride};
  }

  void scan_chunk(const Slice& slice, int64_t layer, int64_t first, int64_t steps) const {
    for (int64_t t = 0; t < steps; ++t) {
      for (int64_t block = 0; block < plan.blocks; ++block) {
        for_row_tiles<TILE_ROWS>(slice.rows, [&](auto tile_rows, int64_t row) {
          scan_tile<decltype(tile_rows)::value>(slice, layer, first, t, row, block);
        });
      }
    }
  }

  template <int ROWS>
  AUDIOGAN_APART void scan_tile(const Slice& slice, int64_t layer, int64_t first, int64_t t, int64_t row,
                                int64_t block) const {
    const Records<Real> saved(static_cast<Real*>(call.records), plan, slice.index, layer);
    const Records<Real> written(tangents, plan, 0, layer);
    const Grid<Real> v = layer == 0 ? input_moved : outputs(h_moved, layer - 1);
    const Grid<Real> states = part(h, layer), states_moved = part(h_moved, layer);
    Tile<Real, ROWS, PANEL_VECTORS> z{};
    add_products(z, panels[layer], block, v.at(t, row), v.row_stride, states_moved.at(t, row));
    if (moved != nullptr) {
      const Grid<Real> x = layer == 0 ? input : outputs(h, layer - 1);
      add_products(z, moved[layer], block, x.at(t, row), x.row_stride, states.at(t, row));
      add_bias(z, moved[layer].bias + block * GATES * LANES);
    }
    AUDIOGAN_UNROLL
    for (int r = 0; r < ROWS; ++r) {
      const auto& sums = z.sums[r];
      move_unit(saved, written, layer, first + t, row + r, block, {sums[0], sums[1], sums[2], sums[3]},
                states.at(t + 1, row + r), states_moved.at(t + 1, row + r));
    }
  }

  template <int ROWS>
  AUDIOGAN_INLINE void add_products(Tile<Real, ROWS, PANEL_VECTORS>& z, const ForwardPanels<Real>& weights,
                                    int64_t block, const Real* read, int64_t read_stride, const Real* before) const {
    const int64_t column = block * GATES * LANES;
    add_product(z, read, read_stride, weights.input.panel(column), GATES * LANES, weights.input.depth);
    add_product(z, before, plan.units, weights.hidden.panel(column), GATES * LANES, weights.hidden.depth);
  }

  template <int ROWS>
  AUDIOGAN_INLINE void add_bias(Tile<Real, ROWS, PANEL_VECTORS>& z, const Real* bias) const {
    AUDIOGAN_UNROLL
    for (int v = 0; v < PANEL_VECTORS; ++v) {
      AUDIOGAN_UNROLL
      for (int r = 0; r < ROWS; ++r) z.sums[r][v] += load(bias + v * LANES);
    }
  }

  AUDIOGAN_INLINE void move_unit(const Records<Real>& saved, const Records<Real>& written, int64_t layer, int64_t step,
                                 int64_t row, int64_t block, const PerGate<Real>& z, Real* h_now,
                                 Real* h_moved_now) const {
    const int64_t unit = block * LANES;
    const Real* const record = saved.at(step, row, block);
    saved.prefetch(step + 1, row, block);
    const PerGate<Real> gates = Records<Real>::per_gate(record);
    const Vector<Real> tau = tanh<Real>(Records<Real>::c(record));
    Real* const c_moved_at = c_moved.at(layer, row) + unit;
    const Vector<Real> c_tangent = tangent_of_c<Real>(
        gates, c_before(saved, c_initial.at(layer), plan.units, step, row, block), load(c_moved_at), z);
    store(c_moved_at, c_tangent);
    store(h_now + unit, gates.o * tau);
    store(h_moved_now + unit, tangent_of_h<Real>(gates.o, tau, c_tangent, z.o));
    Records<Real>::write(written.at(step, row, block), z, c_tangent);
  }
};

}  // namespace audiogan_lstm
