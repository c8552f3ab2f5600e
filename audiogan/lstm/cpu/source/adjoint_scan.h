// The second backward pass of one slice: gradients of ⟨ȳ, ẏ⟩, after its tangent.
//
// c̄ and delta of the first pass are computed again beside h̃, c̃ and z̃: with h̄, which the first pass kept, that takes no
// products.
#pragma once

#include "reverse_chunk.h"

namespace audiogan_lstm {

template <class Real>
struct AdjointScan final {
  const Plan<Real>& plan;
  const AudioganCall& call;
  const BackwardPanels<Real>* moved;  // the direction's weights; null where these are all zero
  Real* tangents;                     // ż and ċ of the slice, laid out as records are
  ReverseChunk<Real, 2> chunk;

  static constexpr int64_t LANES = Simd<Real>::LANES;

  AdjointScan(Scratch<Real>& scratch, const Plan<Real>& plan, const AudioganCall& call,
              const BackwardPanels<Real>* panels, const BackwardPanels<Real>* moved, Real* tangents,
              WeightSums<Real>* sums)
      : plan(plan), call(call), moved(moved), tangents(tangents), chunk(scratch, plan, panels, sums) {}

  void run(const Slice& slice) {
    const Shape& shape = plan.shape;
    chunk.begin(slice.rows);
    for (int64_t layer = 0; layer < shape.layers; ++layer) {
      clear(chunk.h_carry(layer), slice.rows * plan.units);
      clear(chunk.c_carry(layer, 0), slice.rows * plan.units);
      stage_state(call.cotangents.cn, plan, slice, layer, chunk.c_carry(layer, 1));
      stage_state(call.arguments.c0, plan, slice, layer, chunk.c_initial(layer, 0));
      stage_state(call.direction.c0, plan, slice, layer, chunk.c_initial(layer, 1));
    }
    while (chunk.next()) {
      for (int64_t layer = 0; layer < shape.layers; ++layer) recall(slice, layer);
      if (chunk.sums != nullptr) stage_inputs(slice);
      clear(chunk.above().data, chunk.steps * slice.rows * plan.units);
      for (int64_t layer = shape.layers - 1; layer >= 0; --layer) {
        scan_chunk(slice, layer);
        if (layer > 0) {
          chunk.pass_down(layer, chunk.above());
          if (moved != nullptr) add_moved(moved[layer].input, chunk.above());
        }
        if (chunk.sums != nullptr) chunk.add_weight_sums(layer);
      }
      if (call.gradients.x.data != nullptr) {
        chunk.pass_down(0, chunk.below());
        if (moved != nullptr) add_moved(moved[0].input, chunk.below());
        unstage(chunk.below(), chunk.steps, slice.rows, shape.inputs,
                Window<Real>(call.gradients.x, slice, chunk.first));
      }
    }
    for (int64_t layer = 0; layer < shape.layers; ++layer) {
      unstage_state(chunk.h_carry(layer), plan, slice, layer, call.gradients.h0);
      unstage_state(chunk.c_carry(layer, 0), plan, slice, layer, call.gradients.c0);
    }
  }

 private:
  Records<Real> records(const Slice& slice, int64_t layer) const {
    return {static_cast<Real*>(call.records), plan, slice.index, layer};
  }
  Records<Real> moves(int64_t layer) const { return {tangents, plan, 0, layer}; }

  static void clear(Real* values, int64_t count) {
    for (int64_t k = 0; k < count; ++k) values[k] = 0;
  }

  void stage_inputs(const Slice& slice) const {
    const int64_t inputs = plan.shape.inputs, width = plan.feature_width(0);
    stage(Window<Real>(call.arguments.x, slice, chunk.first), chunk.steps, slice.rows, inputs, chunk.input(0), width);
    stage(Window<Real>(call.direction.x, slice, chunk.first), chunk.steps, slice.rows, inputs, chunk.input(1), width);
  }

  // tau of the chunk's steps, and h over ḣ of these and of the step before.
  void recall(const Slice& slice, int64_t layer) const {
    const Records<Real> saved = records(slice, layer), moving = moves(layer);
    const Grid<Real> h = chunk.hidden(layer, 0), h_moved = chunk.hidden(layer, 1), tau = chunk.tau(layer);
    if (chunk.first == 0) {
      stage_state(call.arguments.h0, plan, slice, layer, h.at(0));
      stage_state(call.direction.h0, plan, slice, layer, h_moved.at(0));
    }
    for (int64_t t = chunk.first == 0 ? 0 : -1; t < chunk.steps; ++t) {
      for (int64_t row = 0; row < slice.rows; ++row) {
        for (int64_t block = 0; block < plan.blocks; ++block) {
          const Real* const record = saved.at(chunk.first + t, row, block);
          const Real* const move = moving.at(chunk.first + t, row, block);
          const Vector<Real> tau_now = tanh<Real>(Records<Real>::c(record)), o = Records<Real>::o(record);
          store(h.at(t + 1, row) + block * LANES, o * tau_now);
          store(h_moved.at(t + 1, row) + block * LANES,
                tangent_of_h<Real>(o, tau_now, Records<Real>::c(move), Records<Real>::o(move)));
          if (t >= 0) store(tau.at(t, row) + block * LANES, tau_now);
        }
      }
    }
  }

  void scan_chunk(const Slice& slice, int64_t layer) const {
    for (int64_t t = chunk.steps - 1; t >= 0; --t) {
      for (int64_t row = 0; row < slice.rows; ++row) {
        for (int64_t block = 0; block < plan.blocks; ++block) scan_unit(slice, layer, t, row, block);
      }
      chunk.carry_back(layer, t);
      if (moved != nullptr) {
        multiply(chunk.delta(1).at(t), plan.gate_stride, slice.rows, moved[layer].hidden, chunk.h_carry(layer),
                 plan.units, true);
      }
    }
  }

  AUDIOGAN_INLINE void scan_unit(const Slice& slice, int64_t layer, int64_t t, int64_t row, int64_t block) const {
    const Records<Real> saved = records(slice, layer), moving = moves(layer);
    const HCotangents<Real> kept(call, plan, slice.index, layer);
    const int64_t unit = block * LANES, step = chunk.first + t, carried = row * plan.units + unit;
    Real* const c_carry = chunk.c_carry(layer, 0) + carried;
    Real* const c_bar_carry = chunk.c_carry(layer, 1) + carried;
    const Real* const move = moving.at(step, row, block);
    saved.prefetch(step - plan.chunk_steps, row, block);
    moving.prefetch(step - plan.chunk_steps, row, block);
    kept.prefetch(step - plan.chunk_steps, row, block);
    Moving<Real> at;
    at.gates = Records<Real>::per_gate(saved.at(step, row, block));
    at.tau = load(chunk.tau(layer).at(t, row) + unit);
    at.c_before = c_before(saved, chunk.c_initial(layer, 0), plan.units, step, row, block);
    at.z_tangent = Records<Real>::per_gate(move);
    at.c_tangent = Records<Real>::c(move);
    at.c_tangent_before = c_before(moving, chunk.c_initial(layer, 1), plan.units, step, row, block);
    at.h_cotangent = load(kept.at(step, row, block));
    const Cotangents<Real> first =
        cotangents<Real>(at.gates, at.tau, at.c_before, at.h_cotangent, load(c_bar_carry));
    at.c_cotangent = first.c;
    const Adjoints<Real> second = adjoints<Real>(
        at, load(chunk.above().at(t, row) + unit) + load(chunk.h_carry(layer) + carried), load(c_carry));
    store_per_gate(chunk.delta(0).at(t, row) + GATES * unit, second.z);
    store_per_gate(chunk.delta(1).at(t, row) + GATES * unit, first.delta);
    store(c_carry, second.c_carry);
    store(c_bar_carry, first.c_carry);
  }

  // What x or the layer below receives through the weights' own motion: V_Wᵀ delta.
  void add_moved(const Panels<Real>& weights, const Grid<Real>& to) const {
    multiply(chunk.delta(1).data, plan.gate_stride, chunk.steps * chunk.rows, weights, to.data, to.row_stride, true);
  }
};

}  // namespace audiogan_lstm
