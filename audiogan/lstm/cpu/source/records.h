// Long arrays of five vectors for each block, step and sequence: the forward pass's records, and tangents (ż, ċ).
#pragma once

#include "call.h"
#include "cell.h"
#include "symbols.h"

namespace audiogan_lstm {

template <class Real>
AUDIOGAN_INLINE void store_per_gate(Real* to, const PerGate<Real>& values) {
  constexpr int64_t LANES = Simd<Real>::LANES;
  store(to, values.i);
  store(to + LANES, values.f);
  store(to + 2 * LANES, values.g);
  store(to + 3 * LANES, values.o);
}

// One layer's records of one slice.
template <class Real>
struct Records final {
  Real* data;
  int64_t steps, step_stride, row_stride;

  static constexpr int64_t LANES = Simd<Real>::LANES;

  Records(Real* base, const Plan<Real>& plan, int64_t slice, int64_t layer)
      : data(base == nullptr ? nullptr : base + (slice * plan.shape.layers + layer) * plan.record_elements()),
        steps(plan.shape.steps),
        step_stride(plan.shape.slice_rows * plan.record),
        row_stride(plan.record) {}

  Real* at(int64_t step, int64_t row, int64_t block) const {
    return data + step * step_stride + row * row_stride + block * RECORD_VECTORS * LANES;
  }

  // What scans read next lies too far from what they read now for the processor to foresee it.
  AUDIOGAN_INLINE void prefetch(int64_t step, int64_t row, int64_t block) const {
    if (step < 0 || step >= steps) return;
    const Real* const from = at(step, row, block);
    AUDIOGAN_UNROLL
    for (int64_t v = 0; v < RECORD_VECTORS; ++v) __builtin_prefetch(from + v * LANES, 0, 2);
  }

  static AUDIOGAN_INLINE void write(Real* to, const PerGate<Real>& per_gate, Vector<Real> c) {
    store_per_gate(to, per_gate);
    store(to + GATES * LANES, c);
  }

  static AUDIOGAN_INLINE PerGate<Real> per_gate(const Real* from) {
    return {load(from), load(from + LANES), load(from + 2 * LANES), load(from + 3 * LANES)};
  }

  static AUDIOGAN_INLINE Vector<Real> o(const Real* from) { return load(from + 3 * LANES); }
  static AUDIOGAN_INLINE Vector<Real> c(const Real* from) { return load(from + 4 * LANES); }
};

// One layer's h̄ of one slice: what the first backward pass keeps for the second.
template <class Real>
struct HCotangents final {
  Real* data;  // null: it keeps nothing
  int64_t step_stride, row_stride;

  HCotangents(const AudioganCall& call, const Plan<Real>& plan, int64_t slice, int64_t layer)
      : data(static_cast<Real*>(call.h_cotangents)),
        step_stride(plan.shape.slice_rows * plan.units),
        row_stride(plan.units) {
    if (data != nullptr) data += (slice * plan.shape.layers + layer) * plan.shape.steps * step_stride;
  }

  Real* at(int64_t step, int64_t row, int64_t block) const {
    return data + step * step_stride + row * row_stride + block * Simd<Real>::LANES;
  }

  AUDIOGAN_INLINE void prefetch(int64_t step, int64_t row, int64_t block) const {
    if (step >= 0) __builtin_prefetch(at(step, row, block), 0, 2);
  }
};

// c (or ċ) of the step before `step`: from the records, or `initial` [rows, units] before the first.
template <class Real>
AUDIOGAN_INLINE Vector<Real> c_before(const Records<Real>& records, const Real* initial, int64_t units, int64_t step,
                                      int64_t row, int64_t block) {
  constexpr int64_t LANES = Simd<Real>::LANES;
  return step > 0 ? Records<Real>::c(records.at(step - 1, row, block)) : load(initial + row * units + block * LANES);
}

}  // namespace audiogan_lstm
