#include "host/images/exif.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <vector>

#include "host/images/picture.hpp"

namespace dae {
namespace {

// JPEG has room for 64 KiB of it.
constexpr std::size_t most_exif = std::size_t{1} << 20;
constexpr std::uint16_t short_type = 3, long_type = 4;
constexpr std::uint16_t orientation_tag = 0x112, exif_directory = 0x8769, gps_directory = 0x8825, interop = 0xA005;
// ImageDescription, Make, Model, Orientation, X- and YResolution, ResolutionUnit, Software, DateTime, Artist,
// HostComputer, Rating, Copyright and the two directories.
constexpr std::array<std::uint16_t, 15> kept = {0x10E, 0x10F,  0x110,  orientation_tag, 0x11A,
                                                0x11B, 0x128,  0x131,  0x132,           0x13B,
                                                0x13C, 0x4746, 0x8298, exif_directory,  gps_directory};

std::size_t size_of(std::uint16_t type) {
  constexpr std::array<std::uint8_t, 14> sizes = {0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4};
  return type < sizes.size() ? sizes[type] : 0;
}

/// Reads numbers of either byte order; 0 beyond the end.
class TiffNumbers {
 public:
  explicit TiffNumbers(std::string_view bytes) : bytes_(bytes), little_(bytes.starts_with("II")) {}
  /// Whether it is one with offsets of four bytes.
  [[nodiscard]] bool classic() const { return (little_ || bytes_.starts_with("MM")) && at(2, 2) == 42; }
  [[nodiscard]] std::uint32_t at(std::size_t place, std::size_t size) const {
    if (place > bytes_.size() || size > bytes_.size() - place) return 0;
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < size; ++i)
      value = value << 8 | static_cast<unsigned char>(bytes_[place + (little_ ? size - 1 - i : i)]);
    return value;
  }
  /// Elements of some size, the lowest byte first; empty beyond the end.
  [[nodiscard]] std::string elements(std::size_t place, std::size_t count, std::size_t size) const {
    if (place > bytes_.size() || count > (bytes_.size() - place) / size) return {};
    std::string result(bytes_.substr(place, count * size));
    // A fraction is two numbers of half its size.
    for (std::size_t i = 0; !little_ && i < result.size(); i += size)
      std::reverse(result.begin() + static_cast<std::ptrdiff_t>(i),
                   result.begin() + static_cast<std::ptrdiff_t>(i + size));
    return result;
  }

 private:
  std::string_view bytes_;
  bool little_;
};

struct Entry {
  std::uint16_t tag, type;
  std::uint32_t count;
  std::string value;                  ///< The lowest byte of each element first.
  std::uint32_t place = 0;            ///< Where a long value stands in the file already, instead of the value.
  std::vector<Entry> directory = {};  ///< Instead of a value.
};

bool is_directory(std::uint16_t tag) { return tag == exif_directory || tag == gps_directory || tag == interop; }

/// Reads directories. Long values stay where they are, or, with `room`, are copied as far as that many bytes go:
/// entries may claim the same bytes over and over.
class DirectoryReader {
 public:
  DirectoryReader(const TiffNumbers& numbers, std::size_t* room) : numbers_(numbers), room_(room) {}

  /// `depth` ends directories that hold themselves.
  std::vector<Entry> read(std::size_t at, int depth = 0) {
    std::vector<Entry> entries;
    const std::size_t count = at > 0 ? numbers_.at(at, 2) : 0;
    for (std::size_t i = 0; i < count; ++i) {
      const std::size_t place = at + 2 + 12 * i;
      Entry entry{static_cast<std::uint16_t>(numbers_.at(place, 2)),
                  static_cast<std::uint16_t>(numbers_.at(place + 2, 2)),
                  numbers_.at(place + 4, 4),
                  {}};
      if (size_of(entry.type) == 0 || entry.count == 0) continue;
      if (is_directory(entry.tag) ? take_directory(entry, place, depth) : take_value(entry, place))
        entries.push_back(std::move(entry));
    }
    return entries;
  }

 private:
  bool take_directory(Entry& entry, std::size_t place, int depth) {
    if (depth < 2) entry.directory = read(numbers_.at(place + 8, 4), depth + 1);
    entry.type = long_type;
    entry.count = 1;
    return !entry.directory.empty();
  }

  bool take_value(Entry& entry, std::size_t place) {
    const std::size_t size = size_of(entry.type);
    const bool fraction = entry.type == 5 || entry.type == 10;
    const bool inside = std::uint64_t{entry.count} * size <= 4;
    if (!inside && room_ == nullptr) {
      entry.place = numbers_.at(place + 8, 4);
      return true;
    }
    if (room_ != nullptr && std::uint64_t{entry.count} * size > *room_) return false;
    entry.value = numbers_.elements(inside ? place + 8 : numbers_.at(place + 8, 4),
                                    std::size_t{entry.count} * (fraction ? 2 : 1), fraction ? size / 2 : size);
    if (room_ != nullptr) *room_ -= entry.value.size();
    return !entry.value.empty();
  }

  const TiffNumbers& numbers_;
  std::size_t* room_;
};

void put(std::string& out, std::uint32_t value, std::size_t size) {
  for (std::size_t i = 0; i < size; ++i) out.push_back(static_cast<char>(value >> (8 * i) & 0xFFU));
}

/// Appends values and directories, the lowest byte first, and returns where the outermost directory begins.
std::uint32_t append_directory(std::string& out, std::vector<Entry> entries) {
  std::ranges::stable_sort(entries, {}, &Entry::tag);
  for (Entry& entry : entries) {
    if (!entry.directory.empty()) {
      const std::uint32_t place = append_directory(out, std::move(entry.directory));
      entry.value.clear();
      put(entry.value, place, 4);
    } else if (entry.value.size() > 4) {
      out.resize(out.size() + out.size() % 2);
      entry.place = static_cast<std::uint32_t>(out.size());
      out += entry.value;
    }
  }
  out.resize(out.size() + out.size() % 2);
  const auto begin = static_cast<std::uint32_t>(out.size());
  put(out, static_cast<std::uint32_t>(entries.size()), 2);
  for (Entry& entry : entries) {
    put(out, entry.tag, 2);
    put(out, entry.type, 2);
    put(out, entry.count, 4);
    entry.value.resize(4);
    if (entry.place != 0)
      put(out, entry.place, 4);
    else
      out += entry.value;
  }
  put(out, 0, 4);
  return begin;
}

/// The entries of a TIFF structure's first directory that describe the picture.
std::vector<Entry> description(std::string_view bytes) {
  const TiffNumbers numbers(bytes);
  if (!numbers.classic()) return {};
  std::size_t room = most_exif;
  std::vector<Entry> entries = DirectoryReader(numbers, &room).read(numbers.at(4, 4));
  std::erase_if(entries, [](const Entry& entry) { return std::ranges::find(kept, entry.tag) == kept.end(); });
  return entries;
}

}  // namespace

std::string exif_of_tiff(std::string_view file) {
  std::vector<Entry> entries = description(file);
  // That the picture stands upright is what every file says that says nothing.
  std::erase_if(entries, [](const Entry& entry) {
    return entry.tag == orientation_tag && entry.type == short_type && entry.value == std::string_view("\1\0", 2);
  });
  if (entries.empty()) return {};
  std::string exif("II*\0\0\0\0\0", 8);
  const std::uint32_t begin = append_directory(exif, std::move(entries));
  std::string place;
  put(place, begin, 4);
  return exif.replace(4, 4, place);
}

std::string with_exif(std::string file, std::string_view exif) {
  std::vector<Entry> more = description(exif);
  const TiffNumbers numbers(file);
  if (more.empty() || !numbers.classic() || !file.starts_with("II") ||
      file.size() + exif.size() > std::numeric_limits<std::uint32_t>::max() - 65536)
    return file;
  std::vector<Entry> entries = DirectoryReader(numbers, nullptr).read(numbers.at(4, 4));
  std::erase_if(entries,
                [&](const Entry& entry) { return std::ranges::find(more, entry.tag, &Entry::tag) != more.end(); });
  std::ranges::move(more, std::back_inserter(entries));
  // The new directory goes to the end; the old one's bytes stay behind unused.
  std::string place;
  put(place, append_directory(file, std::move(entries)), 4);
  return file.replace(4, 4, place);
}

int orientation_of(const Metadata& metadata) {
  const TiffNumbers numbers(metadata.exif);
  const std::size_t directory = numbers.at(4, 4), entries = numbers.at(directory, 2);
  for (std::size_t i = 0; i < entries && directory + 2 + 12 * i + 12 <= metadata.exif.size(); ++i) {
    const std::size_t entry = directory + 2 + 12 * i;
    if (numbers.at(entry, 2) != orientation_tag) continue;
    const std::uint32_t value = numbers.at(entry + 8, 2);
    if (value >= 1 && value <= 8) return static_cast<int>(value);
  }
  return 1;
}

std::string exif_of_orientation(int orientation) {
  std::string exif("II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\0\0\0\0\0\0\0\0", 26);
  exif[18] = static_cast<char>(orientation);
  return exif;
}

}  // namespace dae
