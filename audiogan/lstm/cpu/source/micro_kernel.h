// Matrix products in tiles whose sums stay in registers.
#pragma once

#include <type_traits>

#include "vector.h"

namespace audiogan_lstm {

// Vectors in a panel. Those of the forward products hold the four gates of a block; those of the backward products,
// four times as deep, would not fit into the first-level cache if they were as wide.
constexpr int PANEL_VECTORS = 4;
constexpr int NARROW_VECTORS = 2;

template <class Real, int ROWS, int VECTORS>
struct Tile final {
  Vector<Real> sums[ROWS][VECTORS];
};

// Adds left [ROWS, depth] times a panel [depth, VECTORS vectors].
template <class Real, int ROWS, int VECTORS>
AUDIOGAN_INLINE void add_product(Tile<Real, ROWS, VECTORS>& tile, const Real* left, int64_t left_stride,
                                 const Real* panel, int64_t panel_stride, int64_t depth) {
  constexpr int64_t LANES = Simd<Real>::LANES;
  for (int64_t k = 0; k < depth; ++k) {
    Vector<Real> right[VECTORS];
    AUDIOGAN_UNROLL
    for (int v = 0; v < VECTORS; ++v) right[v] = load(panel + k * panel_stride + v * LANES);
    AUDIOGAN_UNROLL
    for (int r = 0; r < ROWS; ++r) {
      const Vector<Real> value = broadcast(left[r * left_stride + k]);
      AUDIOGAN_UNROLL
      for (int v = 0; v < VECTORS; ++v) tile.sums[r][v] += value * right[v];
    }
  }
}

// Calls work(std::integral_constant<int, R>, first row) for tiles of R rows that cover all of them.
template <int ROWS, class Work>
AUDIOGAN_INLINE void for_row_tiles(int64_t rows, const Work& work) {
  int64_t r = 0;
  for (; r + ROWS <= rows; r += ROWS) work(std::integral_constant<int, ROWS>{}, r);
  if constexpr (ROWS > 4) {
    if (r + 4 <= rows) work(std::integral_constant<int, 4>{}, r), r += 4;
  }
  if constexpr (ROWS > 2) {
    if (r + 2 <= rows) work(std::integral_constant<int, 2>{}, r), r += 2;
  }
  if (r < rows) work(std::integral_constant<int, 1>{}, r);
}

// A matrix [depth, width] cut into panels; the vectors left over are panels of one.
template <class Real>
struct Panels final {
  const Real* data;
  int64_t depth, width;

  const Real* panel(int64_t first_column) const { return data + first_column * depth; }
};

template <class Real, int VECTORS>
void multiply_panel(const Real* left, int64_t left_stride, int64_t rows, const Real* panel, int64_t depth, Real* out,
                    int64_t out_stride, bool accumulate) {
  constexpr int64_t LANES = Simd<Real>::LANES;
  constexpr int ROWS = TILE_ROWS * PANEL_VECTORS / NARROW_VECTORS;
  for_row_tiles<ROWS>(rows, [=](auto tile_rows, int64_t r) {
    constexpr int R = decltype(tile_rows)::value;
    Tile<Real, R, VECTORS> tile{};
    add_product(tile, left + r * left_stride, left_stride, panel, VECTORS * LANES, depth);
    AUDIOGAN_UNROLL
    for (int i = 0; i < R; ++i) {
      AUDIOGAN_UNROLL
      for (int v = 0; v < VECTORS; ++v) {
        Real* to = out + (r + i) * out_stride + v * LANES;
        store(to, accumulate ? load(to) + tile.sums[i][v] : tile.sums[i][v]);
      }
    }
  });
}

// out [rows, width] = left [rows, depth] times right in narrow panels, or added to what is there.
template <class Real>
void multiply(const Real* left, int64_t left_stride, int64_t rows, const Panels<Real>& right, Real* out,
              int64_t out_stride, bool accumulate) {
  constexpr int64_t LANES = Simd<Real>::LANES;
  int64_t column = 0;
  for (; column + NARROW_VECTORS * LANES <= right.width; column += NARROW_VECTORS * LANES) {
    multiply_panel<Real, NARROW_VECTORS>(left, left_stride, rows, right.panel(column), right.depth, out + column,
                                        out_stride, accumulate);
  }
  for (; column < right.width; column += LANES) {
    multiply_panel<Real, 1>(left, left_stride, rows, right.panel(column), right.depth, out + column, out_stride,
                            accumulate);
  }
}

// sums [features, gates] += Σ over rows of left[row, features] ⊗ right[row, gates]. The rows' sum is made before it is
// added, in two levels: one running sum over a whole sequence would lose a digit.
template <class Real>
void add_outer_products(const Real* left, int64_t left_stride, int64_t features, const Real* right,
                        int64_t right_stride, int64_t gates, int64_t rows, Real* sums) {
  constexpr int64_t LANES = Simd<Real>::LANES;
  for (int64_t gate = 0; gate < gates; gate += PANEL_VECTORS * LANES) {
    for (int64_t feature = 0; feature < features; feature += TILE_ROWS) {
      Tile<Real, TILE_ROWS, PANEL_VECTORS> tile{};
      for (int64_t row = 0; row < rows; ++row) {
        // One row of the outer product is a product of depth one whose left side is a column.
        add_product(tile, left + row * left_stride + feature, 1, right + row * right_stride + gate, 0, 1);
      }
      AUDIOGAN_UNROLL
      for (int i = 0; i < TILE_ROWS; ++i) {
        AUDIOGAN_UNROLL
        for (int v = 0; v < PANEL_VECTORS; ++v) {
          Real* to = sums + (feature + i) * gates + gate + v * LANES;
          store(to, load(to) + tile.sums[i][v]);
        }
      }
    }
  }
}

}  // namespace audiogan_lstm
