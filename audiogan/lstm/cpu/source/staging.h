// Copies between the caller's tensors, of any strides and widths, and padded rows in scratch memory.
#pragma once

#include "call.h"
#include "scratch.h"

namespace audiogan_lstm {

// Steps and rows of a caller's sequence that a slice holds during a chunk.
template <class Real>
struct Window final {
  Real* data;
  int64_t step_stride, row_stride, feature_stride;

  Window(const AudioganSequence& sequence, const Slice& slice, int64_t first_step)
      : data(static_cast<Real*>(sequence.data) + first_step * sequence.step_stride +
             slice.first_row * sequence.row_stride),
        step_stride(sequence.step_stride),
        row_stride(sequence.row_stride),
        feature_stride(sequence.feature_stride) {}
};

template <class Real>
void copy_in(const Real* from, int64_t stride, int64_t features, Real* to, int64_t width) {
  if (stride == 1) {
    for (int64_t k = 0; k < features; ++k) to[k] = from[k];
  } else {
    for (int64_t k = 0; k < features; ++k) to[k] = from[k * stride];
  }
  for (int64_t k = features; k < width; ++k) to[k] = 0;
}

// The padding becomes zero.
template <class Real>
void stage(const Window<Real>& from, int64_t steps, int64_t rows, int64_t features, const Grid<Real>& to, int64_t width) {
  for (int64_t r = 0; r < rows; ++r) {
    for (int64_t t = 0; t < steps; ++t) {
      copy_in(from.data + t * from.step_stride + r * from.row_stride, from.feature_stride, features,
              to.at(t, r), width);
    }
  }
}

template <class Real>
void unstage(const Grid<Real>& from, int64_t steps, int64_t rows, int64_t features, const Window<Real>& to) {
  for (int64_t r = 0; r < rows; ++r) {
    for (int64_t t = 0; t < steps; ++t) {
      const Real* source = from.at(t, r);
      Real* target = to.data + t * to.step_stride + r * to.row_stride;
      if (to.feature_stride == 1) {
        for (int64_t k = 0; k < features; ++k) target[k] = source[k];
      } else {
        for (int64_t k = 0; k < features; ++k) target[k * to.feature_stride] = source[k];
      }
    }
  }
}

// One layer's rows of a state [layers, batch, hidden].
inline AudioganSequence layer_of_states(void* states, const Shape& shape) {
  return {states, shape.batch * shape.hidden, shape.hidden, 1};
}

template <class Real>
void stage_state(void* states, const Plan<Real>& plan, const Slice& slice, int64_t layer, Real* to) {
  stage(Window<Real>(layer_of_states(states, plan.shape), slice, layer), 1, slice.rows, plan.shape.hidden,
        Grid<Real>{to, 0, plan.units}, plan.units);
}

template <class Real>
void unstage_state(Real* from, const Plan<Real>& plan, const Slice& slice, int64_t layer, void* states) {
  unstage(Grid<Real>{from, 0, plan.units}, 1, slice.rows, plan.shape.hidden,
          Window<Real>(layer_of_states(states, plan.shape), slice, layer));
}

}  // namespace audiogan_lstm
