// Which sets of instructions the processor and the operating system have. Compiled for the least of them, on its own.

#include <cstring>

extern "C" __attribute__((visibility("default"))) int audiogan_lstm_processor_has(const char* instructions) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  const bool v3 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("bmi2");
  const bool v4 = v3 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                  __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512dq") &&
                  __builtin_cpu_supports("avx512vl");
  if (std::strcmp(instructions, "x86-64-v4") == 0) return v4;
  if (std::strcmp(instructions, "x86-64-v3") == 0) return v3;
  return std::strcmp(instructions, "x86-64-v2") == 0 && __builtin_cpu_supports("sse4.2") &&
         __builtin_cpu_supports("popcnt");
#else
  return std::strcmp(instructions, "baseline") == 0;
#endif
}
