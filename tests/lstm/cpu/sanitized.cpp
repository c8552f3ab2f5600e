// Runs every pass at odd sizes with tensors that are exactly as large as they must be, for `make sanitize`.
//
// Values are checked by the tests in Python; here only that all of them are finite, in memory that begins as NaN.

#include <cmath>
#include <cstdio>
#include <limits>
#include <vector>

#include "passes.h"

namespace {

using audiogan_lstm::Shape;

template <class Real>
std::vector<Real> values(int64_t elements, double scale) {
  static uint32_t state = 1;
  std::vector<Real> made(elements);
  for (Real& value : made) {
    state = state * 1664525u + 1013904223u;
    value = Real(scale * (double(state >> 8) / (1 << 23) - 1));
  }
  return made;
}

template <class Real>
std::vector<Real> blank(int64_t elements) {
  return std::vector<Real>(elements, std::numeric_limits<Real>::quiet_NaN());
}

// Tensors of arguments, gradients or a direction, and what the passes see of them.
template <class Real>
struct Arguments final {
  std::vector<Real> x, h0, c0;
  std::vector<std::vector<Real>> matrices;
  std::vector<AudioganWeights> weights;

  template <class Make>
  Arguments(const Shape& shape, bool bias, bool batch_first, const Make& make)
      : x(make(shape.steps * shape.batch * shape.inputs)),
        h0(make(shape.layers * shape.batch * shape.hidden)),
        c0(make(shape.layers * shape.batch * shape.hidden)),
        shape_(shape),
        batch_first_(batch_first) {
    for (int64_t layer = 0; layer < shape.layers; ++layer) {
      matrices.push_back(make(4 * shape.hidden * (layer ? shape.hidden : shape.inputs)));
      matrices.push_back(make(4 * shape.hidden * shape.hidden));
      matrices.push_back(make(4 * shape.hidden));
    }
    for (int64_t layer = 0; layer < shape.layers; ++layer) {
      std::vector<Real>* const of_layer = &matrices[3 * layer];
      weights.push_back({of_layer[0].data(), of_layer[1].data(), bias ? of_layer[2].data() : nullptr});
    }
  }

  AudioganArguments call(bool with_x = true, bool with_weights = true) {
    const int64_t inputs = shape_.inputs;
    const AudioganSequence sequence = batch_first_
                                          ? AudioganSequence{x.data(), inputs, shape_.steps * inputs, 1}
                                          : AudioganSequence{x.data(), 1, shape_.steps, shape_.steps * shape_.batch};
    return {with_x ? sequence : AudioganSequence{nullptr, 0, 0, 0}, h0.data(), c0.data(),
            with_weights ? weights.data() : nullptr};
  }

 private:
  Shape shape_;
  bool batch_first_;
};

template <class Real>
struct Results final {
  std::vector<Real> output, hn, cn;

  template <class Make>
  Results(const Shape& shape, const Make& make)
      : output(make(shape.steps * shape.batch * shape.hidden)),
        hn(make(shape.layers * shape.batch * shape.hidden)),
        cn(make(shape.layers * shape.batch * shape.hidden)),
        shape_(shape) {}

  AudioganResults call() {
    return {{output.data(), shape_.batch * shape_.hidden, shape_.hidden, 1}, hn.data(), cn.data()};
  }

 private:
  Shape shape_;
};

template <class Real>
bool finite(const std::vector<Real>& tensor) {
  for (const Real value : tensor) {
    if (!std::isfinite(value)) return false;
  }
  return true;
}

template <class Real>
bool finite(const Results<Real>& results) {
  return finite(results.output) && finite(results.hn) && finite(results.cn);
}

template <class Real>
bool finite(const Arguments<Real>& gradients, bool bias) {
  for (size_t k = 0; k < gradients.matrices.size(); ++k) {
    if ((bias || k % 3 != 2) && !finite(gradients.matrices[k])) return false;
  }
  return finite(gradients.x) && finite(gradients.h0) && finite(gradients.c0);
}

template <class Real, class Pass>
void run(const Pass& pass, AudioganCall call) {
  call.scratch = nullptr;
  const int64_t elements = pass(call);
  std::vector<Real> scratch = blank<Real>(elements);
  call.scratch = scratch.data();
  pass(call);
}

template <class Real>
bool works(const Shape& shape, bool bias, bool batch_first, bool move_weights, bool save) {
  using audiogan_lstm::Plan;
  const auto random = [](int64_t elements) { return values<Real>(elements, 0.7); };
  const auto empty = [](int64_t elements) { return blank<Real>(elements); };
  Arguments<Real> arguments(shape, bias, batch_first, random), direction(shape, bias, batch_first, random);
  Arguments<Real> gradients(shape, bias, batch_first, empty), second(shape, bias, batch_first, empty);
  Results<Real> cotangents(shape, random), results(shape, empty), tangents(shape, empty);
  const Plan<Real> plan(shape);
  std::vector<Real> records = blank<Real>(plan.slices * shape.layers * plan.record_elements());
  AudioganCall call{};
  call.shape = shape;
  call.arguments = arguments.call();
  call.results = results.call();
  call.records = save ? records.data() : nullptr;
  run<Real>(audiogan_lstm::forward_pass<Real>, call);
  if (!finite(results)) return false;
  if (!save) return true;
  std::vector<Real> h_cotangents = blank<Real>(plan.slices * shape.layers * shape.steps * shape.slice_rows * plan.units);
  call.cotangents = cotangents.call();
  call.gradients = gradients.call();
  run<Real>(audiogan_lstm::backward_pass<Real>, call);
  call.h_cotangents = h_cotangents.data();
  run<Real>(audiogan_lstm::backward_pass<Real>, call);
  if (!finite(gradients, bias)) return false;
  call.direction = direction.call(true, move_weights);
  call.tangents = tangents.call();
  call.gradients = second.call();
  run<Real>(audiogan_lstm::second_backward_pass<Real>, call);
  if (!finite(second, bias) || !finite(tangents)) return false;
  call.gradients = second.call(false, false);
  call.tangents = {};
  run<Real>(audiogan_lstm::backward_pass<Real>, call);
  run<Real>(audiogan_lstm::second_backward_pass<Real>, call);
  return true;
}

}  // namespace

int main() {
  const Shape shapes[] = {
      // steps, batch, inputs, hidden, layers, slice_rows, workers
      {1, 1, 1, 1, 1, 1, 1},    {1, 5, 3, 7, 2, 3, 2},     {67, 1, 2, 7, 4, 1, 1},  {9, 35, 4, 64, 2, 12, 3},
      {7, 7, 5, 63, 1, 4, 2},   {9, 33, 17, 65, 3, 16, 3}, {4, 3, 100, 100, 2, 2, 2}, {3, 2, 3, 256, 2, 1, 2},
  };
  int failures = 0, count = 0;
  for (const Shape& shape : shapes) {
    for (int variant = 0; variant < 8; ++variant) {
      const bool bias = variant & 1, batch_first = variant & 2, move_weights = variant & 4;
      for (const bool save : {false, true}) {
        ++count;
        const bool fine = works<float>(shape, bias, batch_first, move_weights, save) &&
                          works<double>(shape, bias, batch_first, move_weights, save);
        if (!fine) {
          ++failures;
          std::fprintf(stderr, "not finite: T%lld N%lld I%lld H%lld L%lld variant %d\n", (long long)shape.steps,
                       (long long)shape.batch, (long long)shape.inputs, (long long)shape.hidden,
                       (long long)shape.layers, variant);
        }
      }
    }
  }
  std::printf("%d cases, %d failures\n", count, failures);
  return failures != 0;
}
