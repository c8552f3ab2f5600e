// Threads for the length of one pass: one fork and one join, never a barrier within it.
//
// Starting a thread costs some ten microseconds. A pool that waited for the next pass would either spin, and take the
// cores from torch's own threads, or have to be woken, which costs the same.
#pragma once

#include <cstdint>
#include <system_error>
#include <thread>
#include <vector>

#if defined(__SSE2__)
#include <xmmintrin.h>
#endif

namespace audiogan_lstm {

// Products of tiny numbers become zero while it lives: such numbers are of no use here, and slow.
class FlushToZero final {
 public:
  FlushToZero() : before_(control()) { set_control(before_ | FLUSH); }
  ~FlushToZero() { set_control(before_); }
  FlushToZero(const FlushToZero&) = delete;
  FlushToZero& operator=(const FlushToZero&) = delete;

 private:
#if defined(__SSE2__)
  static constexpr uint64_t FLUSH = 0x8040;  // results, and denormal operands
  static uint64_t control() { return _mm_getcsr(); }
  static void set_control(uint64_t value) { _mm_setcsr(uint32_t(value)); }
#elif defined(__aarch64__)
  static constexpr uint64_t FLUSH = uint64_t(1) << 24;
  static uint64_t control() {
    uint64_t value;
    __asm__ volatile("mrs %0, fpcr" : "=r"(value));
    return value;
  }
  static void set_control(uint64_t value) { __asm__ volatile("msr fpcr, %0" : : "r"(value)); }
#else
  static constexpr uint64_t FLUSH = 0;
  static uint64_t control() { return 0; }
  static void set_control(uint64_t) {}
#endif
  uint64_t before_;
};

// Calls work(worker) for each worker at the same time, the last one in the calling thread. `work` must not throw.
template <class Work>
void for_each_worker(int64_t workers, const Work& work) {
  const auto run = [&work](int64_t worker) {
    const FlushToZero flush;
    work(worker);
  };
  std::vector<std::thread> threads;
  threads.reserve(workers);
  int64_t started = 0;
  try {
    for (; started < workers - 1; ++started) threads.emplace_back(run, started);
  } catch (const std::system_error&) {
    // No more threads to be had: the calling one does the rest.
  }
  for (int64_t worker = started; worker < workers; ++worker) run(worker);
  for (std::thread& thread : threads) thread.join();
}

}  // namespace audiogan_lstm
