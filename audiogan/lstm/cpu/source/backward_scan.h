// The first backward pass of one slice: gradients of ⟨ȳ, y⟩, from the last chunk to the first, the top layer first.
#pragma once

#include "reverse_chunk.h"

namespace audiogan_lstm {

template <class Real>
struct BackwardScan final {
  const Plan<Real>& plan;
  const AudioganCall& call;
  ReverseChunk<Real, 1> chunk;

  static constexpr int64_t LANES = Simd<Real>::LANES;

  BackwardScan(Scratch<Real>& scratch, const Plan<Real>& plan, const AudioganCall& call,
               const BackwardPanels<Real>* panels, WeightSums<Real>* sums)
      : plan(plan), call(call), chunk(scratch, plan, panels, sums) {}

  void run(const Slice& slice) {
    const Shape& shape = plan.shape;
    chunk.begin(slice.rows);
    for (int64_t layer = 0; layer < shape.layers; ++layer) {
      stage_state(call.cotangents.hn, plan, slice, layer, chunk.h_carry(layer));
      stage_state(call.cotangents.cn, plan, slice, layer, chunk.c_carry(layer, 0));
      stage_state(call.arguments.c0, plan, slice, layer, chunk.c_initial(layer, 0));
    }
    while (chunk.next()) {
      for (int64_t layer = 0; layer < shape.layers; ++layer) recall(slice, layer);
      if (chunk.sums != nullptr) {
        stage(Window<Real>(call.arguments.x, slice, chunk.first), chunk.steps, slice.rows, shape.inputs,
              chunk.input(0), plan.feature_width(0));
      }
      stage(Window<Real>(call.cotangents.output, slice, chunk.first), chunk.steps, slice.rows, shape.hidden,
            chunk.above(), plan.units);
      for (int64_t layer = shape.layers - 1; layer >= 0; --layer) {
        scan_chunk(slice, layer);
        if (layer > 0) chunk.pass_down(layer, chunk.above());
        if (chunk.sums != nullptr) chunk.add_weight_sums(layer);
      }
      if (call.gradients.x.data != nullptr) {
        chunk.pass_down(0, chunk.below());
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

  // tau of the chunk's steps, and h of these and of the step before.
  void recall(const Slice& slice, int64_t layer) const {
    const Records<Real> saved = records(slice, layer);
    const Grid<Real> h = chunk.hidden(layer, 0), tau = chunk.tau(layer);
    if (chunk.first == 0) stage_state(call.arguments.h0, plan, slice, layer, h.at(0));
    for (int64_t t = chunk.first == 0 ? 0 : -1; t < chunk.steps; ++t) {
      for (int64_t row = 0; row < slice.rows; ++row) {
        for (int64_t block = 0; block < plan.blocks; ++block) {
          const Real* const record = saved.at(chunk.first + t, row, block);
          const Vector<Real> tau_now = tanh<Real>(Records<Real>::c(record));
          store(h.at(t + 1, row) + block * LANES, Records<Real>::o(record) * tau_now);
          if (t >= 0) store(tau.at(t, row) + block * LANES, tau_now);
        }
      }
    }
  }

  void scan_chunk(const Slice& slice, int64_t layer) const {
    const Records<Real> saved = records(slice, layer);
    const Grid<Real> tau = chunk.tau(layer), above = chunk.above(), delta = chunk.delta(0);
    Real* const h_carry = chunk.h_carry(layer);
    Real* const c_carry = chunk.c_carry(layer, 0);
    const Real* const c_initial = chunk.c_initial(layer, 0);
    const HCotangents<Real> kept(call, plan, slice.index, layer);
    for (int64_t t = chunk.steps - 1; t >= 0; --t) {
      for (int64_t row = 0; row < slice.rows; ++row) {
        for (int64_t block = 0; block < plan.blocks; ++block) {
          saved.prefetch(chunk.first + t - plan.chunk_steps, row, block);
          const int64_t unit = block * LANES, carried = row * plan.units + unit;
          const Vector<Real> h = load(above.at(t, row) + unit) + load(h_carry + carried);
          if (kept.data != nullptr) store(kept.at(chunk.first + t, row, block), h);
          const Cotangents<Real> now =
              cotangents<Real>(Records<Real>::per_gate(saved.at(chunk.first + t, row, block)),
                               load(tau.at(t, row) + unit),
                               c_before(saved, c_initial, plan.units, chunk.first + t, row, block), h,
                               load(c_carry + carried));
          store_per_gate(delta.at(t, row) + GATES * unit, now.delta);
          store(c_carry + carried, now.c_carry);
        }
      }
      chunk.carry_back(layer, t);
    }
  }
};

}  // namespace audiogan_lstm
