#pragma once

#include <algorithm>
#include <cstddef>

#include "host/cpu/kernels/kernels.hpp"

/// \file
/// How threads that work on one block divide a stage between them. Every number is computed by one thread from the same
/// terms in the same order however many there are, so that the bits do not depend on them: results are divided by
/// channels and rows, sums over pixels by the channels they belong to, and never a sum itself.
namespace dae::cpu {

/// Numbers first to first + count - 1.
struct Slice {
  int first = 0, count = 0;
  [[nodiscard]] int end() const { return first + count; }
};

/// The part that one of `members` has of `count` things, in groups of `unit` that stay together.
inline Slice share(int count, int unit, int member, int members) {
  const long groups = (count + unit - 1) / unit;
  const auto begin = [&](int each) { return static_cast<int>(std::min(long{count}, groups * each / members * unit)); };
  return {begin(member), begin(member + 1) - begin(member)};
}

/// Some rows of some channels.
struct Part {
  Slice channels, rows;
};

/// The part of one of `members` whose largest part is the smallest; of such divisions that into the longest rows.
inline Part part(int channels, int channel_unit, int rows, int member, int members) {
  const auto most = [](int count, int pieces) { return (count + pieces - 1) / pieces; };
  const int groups = most(channels, channel_unit);
  int across = 1;
  long least = long{groups} * most(rows, members);
  for (int each = 2; each <= members; ++each) {
    const long largest = long{most(groups, each)} * most(rows, members / each);
    if (largest >= least) continue;
    least = largest;
    across = each;
  }
  const int down = members / across;
  if (member >= across * down) return {};
  return {share(channels, channel_unit, member % across, across), share(rows, 1, member / across, down)};
}

template <class Float>
BasicPlanes<Float> channels_of(BasicPlanes<Float> planes, const Slice& slice) {
  planes.at += slice.first * planes.plane;
  planes.channels = slice.count;
  return planes;
}

template <class Float>
BasicPlanes<Float> rows_of(BasicPlanes<Float> planes, const Slice& slice) {
  planes.at += slice.first * planes.row;
  planes.height = slice.count;
  return planes;
}

template <class Float>
BasicPlanes<Float> part_of(const BasicPlanes<Float>& planes, const Part& part) {
  return rows_of(channels_of(planes, part.channels), part.rows);
}

/// The rows of an image with `factor` rows where another has one that belong to `slice` of the other; at the image's
/// end there may be fewer.
template <class Float>
BasicPlanes<Float> rows_times(BasicPlanes<Float> planes, int factor, const Slice& slice) {
  const int first = slice.first * factor;
  return rows_of(planes, {first, std::max(0, std::min(slice.count * factor, planes.height - first))});
}

inline PoolIndex channels_of(PoolIndex index, const Slice& slice) {
  if (index.at != nullptr) index.at += slice.first * index.plane;
  return index;
}

inline Epilogue channels_of(Epilogue epilogue, const Slice& slice) {
  if (epilogue.bias != nullptr) epilogue.bias += slice.first;
  epilogue.index = channels_of(epilogue.index, slice);
  return epilogue;
}

}  // namespace dae::cpu
