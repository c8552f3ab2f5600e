// Vectors of the widest registers that the compiler may use, through the portable extensions of GCC and Clang.
#pragma once

#include <cstdint>

#define AUDIOGAN_INLINE inline __attribute__((always_inline))
// For a tile's work: within a larger function the compiler would keep some of its sums in memory.
#define AUDIOGAN_APART __attribute__((noinline))
// Loops over a tile must vanish for its sums to live in registers.
#define AUDIOGAN_UNROLL _Pragma("GCC unroll 16")

namespace audiogan_lstm {

#if defined(__AVX512F__)
constexpr int64_t VECTOR_BYTES = 64;
#elif defined(__AVX__)
constexpr int64_t VECTOR_BYTES = 32;
#else
constexpr int64_t VECTOR_BYTES = 16;
#endif

// Rows of a product's tile, which is four vectors wide: its sums and one row of the panel must fit into the registers.
#if defined(__AVX512F__) || defined(__aarch64__)
constexpr int TILE_ROWS = 4;
// As many as the registers hold, for the forward scan, which needs few others.
constexpr int TALL_ROWS = 6;
#else
constexpr int TILE_ROWS = 2;
constexpr int TALL_ROWS = 2;
#endif

template <class Real>
struct Simd;

template <>
struct Simd<float> final {
  typedef float Vector __attribute__((vector_size(VECTOR_BYTES)));
  typedef uint32_t Bits __attribute__((vector_size(VECTOR_BYTES)));
  static constexpr int64_t LANES = VECTOR_BYTES / sizeof(float);
};

template <>
struct Simd<double> final {
  typedef double Vector __attribute__((vector_size(VECTOR_BYTES)));
  typedef uint64_t Bits __attribute__((vector_size(VECTOR_BYTES)));
  static constexpr int64_t LANES = VECTOR_BYTES / sizeof(double);
};

template <class Real>
using Vector = typename Simd<Real>::Vector;

template <class Real>
AUDIOGAN_INLINE Vector<Real> load(const Real* from) {
  Vector<Real> vector;
  __builtin_memcpy(&vector, from, sizeof vector);
  return vector;
}

template <class Real>
AUDIOGAN_INLINE void store(Real* to, Vector<Real> vector) {
  __builtin_memcpy(to, &vector, sizeof vector);
}

template <class Real>
AUDIOGAN_INLINE Vector<Real> broadcast(Real value) {
  return value - Vector<Real>{};
}

// The first `count` lanes, and zeros, whatever the others hold.
template <class Real>
AUDIOGAN_INLINE Vector<Real> first_lanes(Vector<Real> vector, int64_t count) {
  constexpr Real NUMBERS[] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
  return load(NUMBERS) < broadcast<Real>(Real(count)) ? vector : Vector<Real>{};
}

}  // namespace audiogan_lstm
