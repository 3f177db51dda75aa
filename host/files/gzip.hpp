#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <string>

namespace dae {

/// Gives the next bytes of a file and returns how many; fewer than asked for only at the end.
using ByteSource = std::function<std::size_t(std::span<char>)>;

/// The bytes of `raw`, decompressed on the way when they begin as gzip does (one or more members), else as they are.
/// The result throws InputError, calling the file `name`, for damaged data, a wrong checksum, an early end and bytes
/// after the last member; each as soon as it is reached, so what is not asked for is not judged.
ByteSource gunzip(ByteSource raw, std::string name);

}  // namespace dae
