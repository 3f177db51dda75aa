#pragma once

#include <fmt/format.h>

#include <span>

#include "dae/device.hpp"
#include "dae/error.hpp"

/// \file
/// Checks of what a device's program and state are called with, the same on every device. All throw UsageError.
namespace dae {

/// The state or image store as the device's own class; `what` names it.
template <class To, class From>
To& of_this_device(From& object, const char* what) {
  auto* mine = dynamic_cast<To*>(&object);
  if (mine == nullptr) throw UsageError(fmt::format("the {} belongs to another device", what));
  return *mine;
}

/// A tensor of a State.
void check_size(const char* what, std::size_t got, std::size_t wanted);

/// That a program was compiled for training, before `call`.
void check_trains(const Spec& spec, const char* call);

/// That the loss can compare the program's output with its input's images.
void check_comparable(const Spec& spec, const Shape& output);

/// Program::predict's. Returns the number of samples.
std::size_t check_predict(const Shape& sample, const Shape& output, std::span<const float> in, std::span<float> out);

/// Program::gradient's. Returns the number of samples.
std::size_t check_gradient(const Spec& spec, const Shape& output, std::size_t parameters, std::span<const float> in,
                           std::span<const float> target, std::span<float> d_weights, std::span<float> d_in);

}  // namespace dae
