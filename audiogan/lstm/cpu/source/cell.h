// The algebra of one step of one block of units: forward, first backward, tangent and adjoint. No memory, no loops.
#pragma once

#include "activations.h"

namespace audiogan_lstm {

// One vector for each gate, or for what belongs to each gate: ż, delta, z̃.
template <class Real>
struct PerGate final {
  Vector<Real> i, f, g, o;
};

template <class Real>
AUDIOGAN_INLINE PerGate<Real> slopes(const PerGate<Real>& gates) {
  const Real one = 1;
  return {gates.i * (one - gates.i), gates.f * (one - gates.f), one - gates.g * gates.g, gates.o * (one - gates.o)};
}

template <class Real>
struct State final {
  Vector<Real> h, c;
};

template <class Real>
AUDIOGAN_INLINE PerGate<Real> activate(const PerGate<Real>& z) {
  return {sigmoid<Real>(z.i), sigmoid<Real>(z.f), tanh<Real>(z.g), sigmoid<Real>(z.o)};
}

template <class Real>
AUDIOGAN_INLINE State<Real> next_state(const PerGate<Real>& gates, Vector<Real> c_before) {
  const Vector<Real> c = gates.f * c_before + gates.i * gates.g;
  return {gates.o * tanh<Real>(c), c};
}

template <class Real>
struct Cotangents final {
  PerGate<Real> delta;
  Vector<Real> c;        // c̄
  Vector<Real> c_carry;  // f c̄, for the step before
};

// `h` is h̄, complete; `c_carry` comes from the step after.
template <class Real>
AUDIOGAN_INLINE Cotangents<Real> cotangents(const PerGate<Real>& gates, Vector<Real> tau, Vector<Real> c_before,
                                            Vector<Real> h, Vector<Real> c_carry) {
  const PerGate<Real> slope = slopes<Real>(gates);
  const Vector<Real> c = c_carry + h * gates.o * (Real(1) - tau * tau);
  return {{c * gates.g * slope.i, c * c_before * slope.f, c * gates.i * slope.g, h * tau * slope.o}, c, c * gates.f};
}

template <class Real>
AUDIOGAN_INLINE Vector<Real> tangent_of_c(const PerGate<Real>& gates, Vector<Real> c_before,
                                          Vector<Real> c_tangent_before, const PerGate<Real>& z_tangent) {
  const PerGate<Real> slope = slopes<Real>(gates);
  return gates.f * c_tangent_before + slope.f * z_tangent.f * c_before + slope.i * z_tangent.i * gates.g +
         gates.i * slope.g * z_tangent.g;
}

template <class Real>
AUDIOGAN_INLINE Vector<Real> tangent_of_h(Vector<Real> o, Vector<Real> tau, Vector<Real> c_tangent,
                                          Vector<Real> z_tangent_o) {
  return o * ((Real(1) - o) * z_tangent_o * tau + (Real(1) - tau * tau) * c_tangent);
}

// What the adjoint of a step needs of the passes before it.
template <class Real>
struct Moving final {
  PerGate<Real> gates;
  Vector<Real> tau, c_before;
  PerGate<Real> z_tangent;
  Vector<Real> c_tangent, c_tangent_before;
  Vector<Real> h_cotangent, c_cotangent;
};

template <class Real>
struct Adjoints final {
  PerGate<Real> z;
  Vector<Real> c_carry;  // f c̃ + f' ż_f c̄, for the step before
};

// `h` is h̃, complete; `c_carry` comes from the step after.
template <class Real>
AUDIOGAN_INLINE Adjoints<Real> adjoints(const Moving<Real>& at, Vector<Real> h, Vector<Real> c_carry) {
  const Real one = 1, two = 2;
  const PerGate<Real>& gates = at.gates;
  const PerGate<Real>& z = at.z_tangent;
  const PerGate<Real> slope = slopes<Real>(gates);
  const Vector<Real> tau_slope = one - at.tau * at.tau;
  const Vector<Real> tau_tangent = tau_slope * at.c_tangent;
  const Vector<Real> c = c_carry + h * gates.o * tau_slope +
                         at.h_cotangent * (slope.o * z.o * tau_slope - two * gates.o * at.tau * tau_tangent);
  const Vector<Real> c_bar = at.c_cotangent;
  return {
      {slope.i * (c * gates.g + c_bar * (slope.g * z.g + gates.g * (one - two * gates.i) * z.i)),
       slope.f * (c * at.c_before + c_bar * (at.c_tangent_before + at.c_before * (one - two * gates.f) * z.f)),
       slope.g * (c * gates.i + c_bar * (slope.i * z.i - two * gates.g * gates.i * z.g)),
       slope.o * (h * at.tau + at.h_cotangent * (tau_tangent + at.tau * (one - two * gates.o) * z.o))},
      gates.f * c + slope.f * z.f * c_bar,
  };
}

}  // namespace audiogan_lstm
