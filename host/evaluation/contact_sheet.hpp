#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "host/evaluation/metrics.hpp"
#include "host/images/picture.hpp"

namespace dae {

/// A line of capital letters as dots, 5 x 7 a letter: labels in pictures, for which a font library would be too much.
/// Letters that are in no label of ours are blank.
class TinyFont {
 public:
  static constexpr int height = 7;

  explicit TinyFont(std::string_view text) : text_(text) {}
  [[nodiscard]] int width() const;
  [[nodiscard]] bool inked(int y, int x) const;

 private:
  std::string text_;
};

/// Pictures in rows and columns, to be looked at side by side: of each its middle at full size, or, if it is small, all
/// of it enlarged.
class ContactSheet {
 public:
  /// `labels` stand above the columns: capital letters and spaces.
  explicit ContactSheet(std::vector<std::string> labels);

  /// As many as there are labels, in any sizes.
  void add_row(std::span<const Colours> pictures);
  [[nodiscard]] int rows() const { return rows_; }
  /// 8 bit, colour.
  [[nodiscard]] Picture picture() const;

  static constexpr int side = 192;  ///< A cell's, in pixels.

 private:
  std::vector<std::string> labels_;
  std::vector<std::uint8_t> cells_;  ///< One after the other, each side x side x 3.
  int rows_ = 0;
};

/// Shows where a picture has too much or too little against a clean one: grey where they agree, `factor` times the
/// difference above or below.
Colours difference_of(const Colours& picture, const Colours& clean, float factor);

}  // namespace dae
