#pragma once

#include <cstddef>
#include <cstdint>

#include "host/cpu/kernels/planes.hpp"

/// \file
/// The table of kernels that each instruction set fills. Its files are compiled once per set, with flags that the rest
/// of the program must not see: they include no header of the C++ library, so that no inline function compiled for
/// AVX-512 can be picked by the linker for a machine without it (a test looks at the object files' symbols).
namespace dae::cpu {

/// Lanes of the widest set.
inline constexpr int most_lanes = 16;

/// For each pixel of a block pooled by 2, which of the window's four pixels (in row order) its maximum came from, or 4
/// where no gradient passes because the maximum is not above 0. One byte a lane; rows lie side by side.
template <class Byte>
struct BasicPoolIndex {
  Byte* at = nullptr;
  std::ptrdiff_t plane = 0;  ///< Bytes from one channel to the next.

  operator BasicPoolIndex<const Byte>() const { return {at, plane}; }
};
using PoolIndex = BasicPoolIndex<std::uint8_t>;
using ConstPoolIndex = BasicPoolIndex<const std::uint8_t>;

/// A convolution's sums go through it before they are stored.
struct Epilogue {
  const float* bias = nullptr;  ///< One a channel, or null.
  bool relu = false;
  bool accumulate = false;  ///< Add to what is there instead of setting it; not together with relu.
  /// Take the maximum of 2x2 sums (fewer at an odd edge) before the ReLU: the output has half the height and width, and
  /// `index`, unless null, says where the maxima were. Kernels that can do so say it.
  bool pool = false;
  int height = 0, width = 0;  ///< Size of the plane of sums that is pooled.
  PoolIndex index = {};
};

/// A convolution with stride 1 on one block; also the gradient with respect to a convolution's input, as a convolution
/// of the output's gradient with transposed and mirrored weights.
struct ConvTask {
  ConstPlanes in;
  Planes out;
  const float* weights = nullptr;  ///< As Kernels::pack_conv writes them.
  Epilogue epilogue;
  int kernel_h = 0, kernel_w = 0;
  int origin_y = 0, origin_x = 0;  ///< Position in `in` of the upper left tap of output 0,0; may lie in the border.
  int out_step = 1;                ///< Pixels from one output to the next in a row of `out`; its width counts outputs.
};

/// Where pack_conv finds weights: element (o, i, y, x) is at[o * out_stride + i * in_stride + y * width + x], or with
/// `mirror` at[... + (height - 1 - y) * width + (width - 1 - x)].
struct ConvWeights {
  const float* at = nullptr;
  std::ptrdiff_t out_stride = 0, in_stride = 0;
  int out_channels = 0, in_channels = 0, height = 0, width = 0;
  bool mirror = false;

  /// The weights of kernels of one pixel in canonical order: the matrix of a plain product.
  static ConvWeights product(const float* at, int out_channels, int in_channels) {
    return {.at = at,
            .out_stride = in_channels,
            .in_stride = 1,
            .out_channels = out_channels,
            .in_channels = in_channels,
            .height = 1,
            .width = 1};
  }
};

/// Adds the gradient with respect to a convolution's weights, summed over the block, to `gradient` (canonical order).
struct ConvFilterTask {
  ConstPlanes in;
  ConstPlanes d_out;
  float* gradient = nullptr;
  std::ptrdiff_t out_stride = 0;  ///< From the weights of one output channel to those of the next.
  int kernel_h = 0, kernel_w = 0;
  int origin_y = 0, origin_x = 0;
};

/// Some tiles of a plane in the domain where a convolution is a product: tile t of channel c and frequency f is the
/// register at `at` + f * frequency + c * channel + (t - first) * lanes.
template <class Float>
struct BasicTiles {
  Float* at = nullptr;
  std::ptrdiff_t frequency = 0, channel = 0;
  int columns = 0;           ///< Tiles side by side in the plane; tile t is in row t / columns.
  int first = 0, count = 0;  ///< Which tiles.

  operator BasicTiles<const Float>() const { return {at, frequency, channel, columns, first, count}; }
};
using Tiles = BasicTiles<float>;
using ConstTiles = BasicTiles<const float>;

/// The transforms of Winograd's F(m x m, 3x3); see kernels/winograd.hpp. Frequencies come in groups of `group`, which
/// input and grad make one after the other.
struct Winograd {
  int outputs;      ///< m: a tile makes m x m outputs from (m + 2) x (m + 2) inputs.
  int frequencies;  ///< (m + 2)^2
  int group;
  /// `pairs` kernels of 9 weights, or of the weights in reverse order -> frequencies[f * pairs + p].
  void (*weights)(const float* weights, std::ptrdiff_t pairs, bool mirror, float* frequencies);
  /// Adds the gradient of the frequencies of `count` kernels, brought back, to the gradient of their weights;
  /// frequencies are `pairs` apart.
  void (*weight_gradient)(const float* frequencies, std::ptrdiff_t pairs, std::ptrdiff_t count, float* gradient);
  /// A group of frequencies of the inputs' tiles; tile 0 begins at pixel (origin, origin).
  void (*input)(ConstPlanes in, int origin, int group, Tiles out);
  /// The same of an image upsampled by 2 whose tile 0 begins at pixel (-1, -1); null where nobody asks.
  void (*upsampled_input)(ConstPlanes in, int group, Tiles out);
  /// All frequencies to outputs.
  void (*output)(ConstTiles in, Planes out, const Epilogue& epilogue);
  /// A group of frequencies of the tiles of the outputs' gradient. Where tiles stick out it must be zero.
  void (*grad)(ConstPlanes d_out, int group, Tiles out);
};

/// c[i][j] (+)= sum over k of a[i * a_row + k * a_step] * b[k * b_row + j], for i < rows and j < columns. Rows of `b`
/// are read in whole registers, so up to one register beyond the last column.
struct GemmTask {
  const float* a = nullptr;
  const float* b = nullptr;
  float* c = nullptr;
  std::ptrdiff_t a_row = 0, a_step = 0, b_row = 0, c_row = 0;
  int rows = 0, columns = 0, depth = 0;
  bool accumulate = false;
};

/// Tiles of one image in the lanes of a block, one row of `across` tiles after the other. Arrays have a number a lane;
/// -1 stands for yes, 0 for no.
struct HaloTask {
  Planes planes;
  int before = 0, after = 0;  ///< The border's width above and on the left, below and on the right.
  int across = 1;
  const std::int32_t* rows = nullptr;  ///< Rows and columns of the tile that lie inside the image.
  const std::int32_t* columns = nullptr;
  const std::int32_t* above = nullptr;  ///< Whether there is a tile above, below, on the left, on the right.
  const std::int32_t* below = nullptr;
  const std::int32_t* left = nullptr;
  const std::int32_t* right = nullptr;
  int whole_rows = 0, whole_columns = 0;  ///< Rows and columns that lie inside the image in all tiles.
};

/// The words that a lane's noise is drawn from, and what it is used for.
struct NoiseLanes {
  const std::uint32_t* epoch = nullptr;  ///< One a lane, as all that follow.
  const std::uint32_t* id = nullptr;
  const std::uint32_t* rng_stream = nullptr;
  const float* sigma = nullptr;  ///< 0 for a lane that gets no noise.
};

/// out = clip(clean + noise) for all elements of some rows of a sample, or of tiles of samples; `out` may be `clean`.
struct NoiseTask {
  ConstPlanes clean;
  Planes out;
  std::uint64_t seed = 0;
  NoiseLanes lanes;
  bool clip = false;
  std::uint32_t begin = 0;               ///< Where in its sample the first element is, for whole samples.
  const std::uint32_t* first = nullptr;  ///< Where in its sample a lane's tile begins, for tiles.
  std::uint32_t sample_row = 0;          ///< Elements of a row of the sample.
};

/// A loss kernel adds these up, one value a lane.
struct LossSums {
  double* loss = nullptr;           ///< Sum over elements.
  double* squared_error = nullptr;  ///< Sum over elements of (output - target)^2; null if not wanted.
};

struct LossTask {
  std::size_t kind = 0;        ///< The loss's place in OfLosses,
  const void* loss = nullptr;  ///< and the loss itself, of that type.
  ConstPlanes output;          ///< Logits for Bce.
  ConstPlanes target;
  Planes gradient;                     ///< Written if gradient.at is not null: 0 where a pixel does not count.
  float scale = 0;                     ///< The factor of the gradient.
  const std::int32_t* rows = nullptr;  ///< Rows and columns that count, one a lane; 0 for lanes without an image.
  const std::int32_t* columns = nullptr;
  LossSums sums;
  // For Ssim, under which an image counts whole. The window is `side` weights wide; `scratch` holds 5 output.height
  // (output.width - side + 1) + 3 (output.height - side + 1) (output.width - side + 1) registers.
  const float* window = nullptr;
  int side = 0;
  float c1 = 0, c2 = 0;
  float* scratch = nullptr;
};

/// A step of an optimizer on `count` weights.
struct UpdateTask {
  float* weights = nullptr;
  float* m = nullptr;
  float* v = nullptr;                ///< Not used by sgd.
  float* average = nullptr;          ///< The averaged weights; null: they stay as they are.
  const float* gradients = nullptr;  ///< `groups` arenas, summed in order.
  std::ptrdiff_t group_stride = 0;
  int groups = 0;
  std::size_t count = 0;
  float gradient_scale = 1;
  float step_size = 0, beta1 = 0, beta2 = 0, epsilon = 0;  ///< beta1 is sgd's momentum.
  float shrink = 0;                                        ///< The part of each weight that is taken off first.
  float average_gain = 0;                                  ///< The part of the new weight that goes into the average.
};

/// gradients[i] += the same element of the other groups, in order.
struct GradientSumTask {
  float* gradients = nullptr;
  std::ptrdiff_t group_stride = 0;
  int groups = 0;
  std::size_t count = 0;
};

/// All functions work on one block, of `lanes` images.
struct Kernels {
  int lanes;

  const Winograd *winograd2, *winograd4;  ///< F(2x2, 3x3) and F(4x4, 3x3).
#define KERNEL(result, name, parameters) result(*name) parameters;
#include "host/cpu/kernels/kernels.inc"
#undef KERNEL
};

}  // namespace dae::cpu
