// The logistic function and the hyperbolic tangent, both from e^x - 1, which keeps its digits near zero.
//
// Relative errors stay below 4e-7 in float and 1e-15 in double. What is not a number stays so.
#pragma once

#include "vector.h"

namespace audiogan_lstm {

template <class Real>
struct Exponential;

template <>
struct Exponential<float> final {
  static constexpr float LIMIT = 87.0f;           // e^±87 is still a normal number
  static constexpr float ROUNDER = 0x1.8p23f;     // adding it leaves no bits behind the point
  static constexpr float LN2_HIGH = 0x1.62e4p-1f;  // few enough bits to be exact in products with small integers
  static constexpr float LN2_LOW = 0x1.7f7d1cp-20f;
  static constexpr int MANTISSA_BITS = 23;
  static constexpr uint32_t EXPONENT_BIAS = 127;
  static constexpr int DEGREE = 7;
};

template <>
struct Exponential<double> final {
  static constexpr double LIMIT = 708.0;
  static constexpr double ROUNDER = 0x1.8p52;
  static constexpr double LN2_HIGH = 0x1.62e42fefap-1;
  static constexpr double LN2_LOW = 0x1.cf79abc9e3b3ap-40;
  static constexpr int MANTISSA_BITS = 52;
  static constexpr uint64_t EXPONENT_BIAS = 1023;
  static constexpr int DEGREE = 13;
};

template <class Real>
constexpr Real reciprocal_factorial(int n) {
  double product = 1;
  for (int k = 2; k <= n; ++k) product *= k;
  return Real(1 / product);
}

// e^x - 1: with x = n ln 2 + r and |r| <= ln(2) / 2, that is 2^n (e^r - 1) + (2^n - 1), and e^r - 1 is its series.
template <class Real>
AUDIOGAN_INLINE Vector<Real> exponential_minus_one(Vector<Real> x) {
  using Constants = Exponential<Real>;
  using Bits = typename Simd<Real>::Bits;
  const Vector<Real> limit = broadcast<Real>(Constants::LIMIT);
  x = x > limit ? limit : x;
  x = x < -limit ? -limit : x;
  const Vector<Real> shifted = x * Real(1.4426950408889634) + Constants::ROUNDER;
  const Vector<Real> n = shifted - Constants::ROUNDER;
  const Vector<Real> r = (x - n * Constants::LN2_HIGH) - n * Constants::LN2_LOW;
  const Bits exponent = (Bits)shifted + Constants::EXPONENT_BIAS;
  const Vector<Real> power = (Vector<Real>)(exponent << Constants::MANTISSA_BITS);
  Vector<Real> series = broadcast<Real>(reciprocal_factorial<Real>(Constants::DEGREE));
  AUDIOGAN_UNROLL
  for (int k = Constants::DEGREE - 1; k >= 1; --k) series = series * r + reciprocal_factorial<Real>(k);
  return power * (series * r) + (power - Real(1));
}

template <class Real>
AUDIOGAN_INLINE Vector<Real> sigmoid(Vector<Real> x) {
  return Real(1) / (exponential_minus_one<Real>(-x) + Real(2));
}

template <class Real>
AUDIOGAN_INLINE Vector<Real> tanh(Vector<Real> x) {
  const Vector<Real> e = exponential_minus_one<Real>(x + x);
  return e / (e + Real(2));
}

}  // namespace audiogan_lstm
