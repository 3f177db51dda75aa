#pragma once

namespace dae::cpu::DAE_ISA {

// Tiles of sums that fit into the vector registers beside what feeds them: 32 registers on AVX-512 and aarch64, 16 on
// AVX2 and SSE.
#if defined(__AVX512F__) || defined(__aarch64__)
inline constexpr int tile_rows = 4, tile_columns = 6;
constexpr int widest(int rows) { return rows == 4 ? 6 : rows == 2 ? 12 : 14; }
inline constexpr int highest = 16;  // of a single column, whole groups
#else
inline constexpr int tile_rows = 4, tile_columns = 3;
constexpr int widest(int rows) { return rows == 4 ? 3 : rows == 2 ? 6 : 12; }
inline constexpr int highest = 8;
#endif

/// Calls act(first channel, size) for the groups of output channels that weights are packed in: as many groups of 4 as
/// there are, then one of 2, then one of 1.
template <class Act>
void for_groups(int channels, Act act) {
  int channel = 0;
  for (; channel + 4 <= channels; channel += 4) act(channel, 4);
  if (channel + 2 <= channels) {
    act(channel, 2);
    channel += 2;
  }
  if (channel < channels) act(channel, 1);
}

}  // namespace dae::cpu::DAE_ISA
