#include <curand.h>

#include "cuda/kernels/noise.cuh"
#include "host/noise/philox.hpp"
#include "tests/support/catch.hpp"

/// \file
/// The words that noise is made of, beside those of NVIDIA's own library.
namespace dae {
namespace {

/// Words from an offset of libcurand's generator on the host, which needs neither driver nor GPU.
Words generated(std::uint64_t seed, std::uint64_t offset) {
  curandGenerator_t generator = nullptr;
  REQUIRE(curandCreateGeneratorHost(&generator, CURAND_RNG_PSEUDO_PHILOX4_32_10) == CURAND_STATUS_SUCCESS);
  REQUIRE(curandSetPseudoRandomGeneratorSeed(generator, seed) == CURAND_STATUS_SUCCESS);
  REQUIRE(curandSetGeneratorOffset(generator, offset) == CURAND_STATUS_SUCCESS);
  Words words{};
  REQUIRE(curandGenerate(generator, words.data(), words.size()) == CURAND_STATUS_SUCCESS);
  CHECK(curandDestroyGenerator(generator) == CURAND_STATUS_SUCCESS);
  return words;
}

}  // namespace

TEST_CASE("Philox's words are those of libcurand on the CPU and in our kernels", "[cusim][noise]") {
  // The generator stands for a grid of 65,536 threads that draw four words each in turn: draw d of thread t, whose
  // counter is the two halves of d, t and 0, lies at 4 (65,536 d + t). Reached are stream 0, 65,536 images and, since
  // an offset has 64 bits, 16,384 epochs.
  constexpr std::uint64_t kThreads = 65536;
  for (const std::uint64_t seed :
       {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{0x123456789ABCDEF0}, ~std::uint64_t{0}})
    for (const std::uint32_t quad : {0u, 1u, 195u, 0x12345678u, 0xFFFFFFFFu})
      for (const std::uint32_t epoch : {0u, 1u, 77u, 16383u})
        for (const std::uint32_t id : {0u, 1u, 59999u, 65535u}) {
          CAPTURE(seed, quad, epoch, id);
          const std::uint64_t draw = std::uint64_t{epoch} << 32 | quad;
          const Words wanted = generated(seed, 4 * (kThreads * draw + id));
          CHECK(random_words(seed, RngStream::train, epoch, id, quad) == wanted);
          Sample sample;
          sample.epoch = epoch;
          sample.id = id;
          sample.rng_stream = RngStream::train;
          const uint4 words = cuda::words_of(cuda::Seed(seed), sample, quad);
          CHECK(Words{words.x, words.y, words.z, words.w} == wanted);
        }
}

}  // namespace dae
