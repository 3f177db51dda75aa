#pragma once

#include <stdexcept>
#include <string>

/// \file
/// Every exception that the library throws on purpose. A message is one line: it names the file, flag or layer, says
/// what is wrong and, where there is a remedy, what to do. The command line prints it as it is and exits with the code
/// that docs/exit-codes.md gives for the type.
namespace dae {

struct Error : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// A flag, an option or an argument of a call is outside its domain.
struct UsageError : Error {
  using Error::Error;
};

/// A file that was asked for is missing, unreadable or not what its header claims: data, model or checkpoint.
struct InputError : Error {
  using Error::Error;
};

/// A file or folder cannot be written.
struct OutputError : Error {
  using Error::Error;
};

/// The graph is not a valid network: unknown input, cycle, duplicate name, a loss that does not fit its output.
struct GraphError : InputError {
  using InputError::InputError;
};

/// Two shapes do not fit together; the message names the layer and both shapes.
struct ShapeError : GraphError {
  using GraphError::GraphError;
};

/// The requested device is missing, cannot run this program, or failed while running it.
struct DeviceError : Error {
  using Error::Error;
};

/// A request does not fit into the device's memory, or into the limit that was set.
struct MemoryError : DeviceError {
  using DeviceError::DeviceError;
};

/// The training loss or a weight is no longer a finite number.
struct NumericError : Error {
  using Error::Error;
};

}  // namespace dae
