// The library's plain C interface. It is compiled once for each set of instructions; the file's name says for which.

#include <new>

#include "passes.h"

#if defined(__linux__)
#include <sys/mman.h>
#endif

#define AUDIOGAN_EXPORT extern "C" __attribute__((visibility("default")))

namespace {

constexpr int64_t OUT_OF_MEMORY = -1;

// Exceptions must not leave a C function.
template <class Pass>
int64_t guarded(const Pass& pass) {
  try {
    return pass();
  } catch (const std::bad_alloc&) {
    return OUT_OF_MEMORY;
  }
}

}  // namespace

AUDIOGAN_EXPORT int64_t audiogan_lstm_lanes_float32() { return audiogan_lstm::Simd<float>::LANES; }
AUDIOGAN_EXPORT int64_t audiogan_lstm_lanes_float64() { return audiogan_lstm::Simd<double>::LANES; }

// Each pass returns the elements of scratch that it needs, and computes if it is handed some; -1 is "out of memory".
#define AUDIOGAN_PASS(pass, name, Real)                                         \
  AUDIOGAN_EXPORT int64_t audiogan_lstm_##name(const AudioganCall* call) {      \
    return guarded([call] { return audiogan_lstm::pass##_pass<Real>(*call); }); \
  }

AUDIOGAN_PASS(forward, forward_float32, float)
AUDIOGAN_PASS(backward, backward_float32, float)
AUDIOGAN_PASS(second_backward, second_backward_float32, float)
AUDIOGAN_PASS(forward, forward_float64, double)
AUDIOGAN_PASS(backward, backward_float64, double)
AUDIOGAN_PASS(second_backward, second_backward_float64, double)

// Asks for pages of 2 MiB, whose first touch costs a fraction of that of as many small ones, where whole ones fit in.
AUDIOGAN_EXPORT void audiogan_lstm_advise_huge_pages(void* data, int64_t bytes) {
#if defined(__linux__) && defined(MADV_HUGEPAGE)
  constexpr uintptr_t HUGE_PAGE = uintptr_t{1} << 21;
  const uintptr_t begin = (reinterpret_cast<uintptr_t>(data) + HUGE_PAGE - 1) & ~(HUGE_PAGE - 1);
  const uintptr_t end = (reinterpret_cast<uintptr_t>(data) + bytes) & ~(HUGE_PAGE - 1);
  if (begin < end) madvise(reinterpret_cast<void*>(begin), end - begin, MADV_HUGEPAGE);
#else
  (void)data, (void)bytes;
#endif
}
