// Scratch memory dealt out piece by piece. Dealt from null, it only counts: so a caller learns how much to hand over.
#pragma once

#include "symbols.h"

namespace audiogan_lstm {

// Rows of features at each step.
template <class Real>
struct Grid final {
  Real* data;
  int64_t step_stride, row_stride;

  Real* at(int64_t step, int64_t row = 0) const { return data + step * step_stride + row * row_stride; }
};

template <class Real>
class Scratch final {
 public:
  explicit Scratch(Real* base) : base_(base) {}

  Real* take(int64_t elements) {
    Real* const piece = base_ == nullptr ? nullptr : base_ + taken_;
    taken_ += round_up(elements, 64 / int64_t(sizeof(Real)));
    return piece;
  }

  // Rows of all steps follow each other without gaps, so that one product can take all of them.
  Grid<Real> grid(int64_t steps, int64_t rows, int64_t width) {
    return {take(steps * rows * width), rows * width, width};
  }

  int64_t taken() const { return taken_; }

 private:
  Real* base_;
  int64_t taken_ = 0;
};

}  // namespace audiogan_lstm
