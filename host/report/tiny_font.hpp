#pragma once

#include <string>
#include <string_view>

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

}  // namespace dae
