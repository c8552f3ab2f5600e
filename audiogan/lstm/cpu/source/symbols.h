// What the names mean, and the sizes that everything here is laid out by.
//
// For one unit of one layer at one step, with z = W x + U h₋ + b and ₋ marking the step before:
//
//   gates i, f, g, o       σ(z_i), σ(z_f), tanh(z_g), σ(z_o)
//   c, h, tau              f c₋ + i g, o tau, tanh(c)
//   cotangent h̄, c̄, delta  what the first backward pass carries: derivatives of ⟨ȳ, y⟩ with respect to h, c, z
//   tangent ḣ, ċ, ż        how h, c, z move along a direction in which the arguments move
//   adjoint h̃, c̃, z̃        what the second backward pass carries: derivatives of ⟨ȳ, ẏ⟩ with respect to h, c, z
//   slope i', f', g', o'   derivatives of the gates by z: i (1 - i), f (1 - f), 1 - g², o (1 - o)
//
// Words for the layout:
//
//   slice    sequences of the batch that one worker scans together; everything saved lies slice by slice
//   chunk    consecutive steps scanned through all layers before the next, so that what layers pass on stays in cache
//   block    as many hidden units as a vector has lanes
//   record   what the forward pass saves of one block, step and sequence: the vectors i, f, g, o, c
//   panel    a few vectors' width of a matrix's columns, in the order in which products read them
#pragma once

#include <cstdint>

#include "vector.h"

namespace audiogan_lstm {

struct Shape final {
  int64_t steps, batch, inputs, hidden, layers;
  int64_t slice_rows;  // sequences in a slice; the last one may hold fewer
  int64_t workers;
};

constexpr int64_t GATES = 4;
constexpr int64_t RECORD_VECTORS = 5;

constexpr int64_t round_up(int64_t value, int64_t multiple) { return (value + multiple - 1) / multiple * multiple; }

struct Slice final {
  int64_t index, first_row, rows;
};

// Sizes that follow from the shape, in elements of Real. Widths are padded to whole vectors; what pads is zero.
template <class Real>
struct Plan final {
  static constexpr int64_t LANES = Simd<Real>::LANES;
  static constexpr int64_t WIDTH_MULTIPLE = LANES > 4 ? LANES : 4;

  explicit Plan(const Shape& shape)
      : shape(shape),
        units(round_up(shape.hidden, WIDTH_MULTIPLE)),
        blocks(units / LANES),
        gates(GATES * units),
        // Rows a power of two apart would fall into the same few cache lines.
        gate_stride(gates + 64 / int64_t(sizeof(Real))),
        record(RECORD_VECTORS * units),
        slices((shape.batch + shape.slice_rows - 1) / shape.slice_rows),
        chunk_steps(steps_per_chunk(shape, units)) {}

  // Features that a layer reads.
  int64_t features(int64_t layer) const { return layer == 0 ? shape.inputs : shape.hidden; }
  int64_t feature_width(int64_t layer) const { return round_up(features(layer), WIDTH_MULTIPLE); }

  Slice slice(int64_t index) const {
    const int64_t first = index * shape.slice_rows;
    const int64_t left = shape.batch - first;
    return {index, first, left < shape.slice_rows ? left : shape.slice_rows};
  }

  // Workers take neighbouring slices: these are `worker`'s first and, for the next worker, its last plus one.
  int64_t first_slice(int64_t worker) const { return worker * slices / shape.workers; }

  int64_t record_elements() const { return shape.steps * shape.slice_rows * record; }  // of one slice and layer

  const Shape shape;
  const int64_t units, blocks, gates, gate_stride, record, slices, chunk_steps;

 private:
  // A chunk's gates should fit into the second-level cache beside the weights; long ones make products efficient.
  static int64_t steps_per_chunk(const Shape& shape, int64_t units) {
    const int64_t rows = 4096 / units;
    const int64_t steps = rows / shape.slice_rows;
    const int64_t bounded = steps < 4 ? 4 : steps > 64 ? 64 : steps;
    return bounded < shape.steps ? bounded : shape.steps;
  }
};

}  // namespace audiogan_lstm
