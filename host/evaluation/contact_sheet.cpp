#include "host/evaluation/contact_sheet.hpp"

#include <algorithm>
#include <array>

#include "dae/error.hpp"

namespace dae {
namespace {

constexpr int letter = 5, advance = 6;

/// Seven rows of five dots.
using Dots = std::array<const char*, TinyFont::height>;

Dots dots_of(char c) {
  switch (c) {
    case 'A':
      return {" ### ", "#   #", "#   #", "#####", "#   #", "#   #", "#   #"};
    case 'C':
      return {" ### ", "#   #", "#    ", "#    ", "#    ", "#   #", " ### "};
    case 'D':
      return {"#### ", "#   #", "#   #", "#   #", "#   #", "#   #", "#### "};
    case 'E':
      return {"#####", "#    ", "#    ", "#### ", "#    ", "#    ", "#####"};
    case 'F':
      return {"#####", "#    ", "#    ", "#### ", "#    ", "#    ", "#    "};
    case 'I':
      return {" ### ", "  #  ", "  #  ", "  #  ", "  #  ", "  #  ", " ### "};
    case 'L':
      return {"#    ", "#    ", "#    ", "#    ", "#    ", "#    ", "#####"};
    case 'N':
      return {"#   #", "##  #", "##  #", "# # #", "#  ##", "#  ##", "#   #"};
    case 'O':
      return {" ### ", "#   #", "#   #", "#   #", "#   #", "#   #", " ### "};
    case 'R':
      return {"#### ", "#   #", "#   #", "#### ", "# #  ", "#  # ", "#   #"};
    case 'S':
      return {" ####", "#    ", "#    ", " ### ", "    #", "    #", "#### "};
    case 'Y':
      return {"#   #", "#   #", " # # ", "  #  ", "  #  ", "  #  ", "  #  "};
    default:
      return {"     ", "     ", "     ", "     ", "     ", "     ", "     "};
  }
}

constexpr int gap = 8, scale = 2, header = gap + scale * TinyFont::height;
constexpr std::uint8_t paper = 255, ink = 40;

/// The part of a picture that a cell shows along one side.
struct Shown {
  int first, length, zoom;
  Shown(int length_, int zoom_) : first(0), length(length_), zoom(zoom_) {
    if (length > ContactSheet::side / zoom) {
      first = (length - ContactSheet::side / zoom) / 2;
      length = ContactSheet::side / zoom;
    }
  }
};

}  // namespace

int TinyFont::width() const { return static_cast<int>(text_.size()) * advance; }

bool TinyFont::inked(int y, int x) const {
  const int column = x % advance;
  return column < letter &&
         dots_of(text_[static_cast<std::size_t>(x / advance)])[static_cast<std::size_t>(y)][column] == '#';
}

ContactSheet::ContactSheet(std::vector<std::string> labels) : labels_(std::move(labels)) {}

void ContactSheet::add_row(std::span<const Colours> pictures) {
  if (pictures.size() != labels_.size()) throw UsageError("a contact sheet's row needs a picture for every label");
  constexpr std::size_t cell = std::size_t{side} * side * 3;
  for (const Colours& picture : pictures) {
    const std::size_t at = cells_.size();
    cells_.resize(at + cell, paper);
    const Shape& shape = picture.shape;
    const int zoom = std::max(1, side / std::max(shape.h, shape.w));
    const Shown down(shape.h, zoom), across(shape.w, zoom);
    const auto c = static_cast<std::size_t>(shape.c);
    for (int y = 0; y < down.length * zoom; ++y)
      for (int x = 0; x < across.length * zoom; ++x) {
        const auto pixel = static_cast<std::size_t>(down.first + y / zoom) * static_cast<std::size_t>(shape.w) +
                           static_cast<std::size_t>(across.first + x / zoom);
        for (std::size_t k = 0; k < 3; ++k)
          cells_[at + (static_cast<std::size_t>(y) * side + static_cast<std::size_t>(x)) * 3 + k] =
              pixel_of<std::uint8_t>(picture.values[pixel * c + (c == 3 ? k : 0)]);
      }
  }
  ++rows_;
}

Picture ContactSheet::picture() const {
  const int columns = static_cast<int>(labels_.size());
  Picture sheet{{1, header + gap + rows_ * (side + gap), gap + columns * (side + gap), 3}, {}};
  auto& pixels = sheet.pixels.emplace<std::vector<std::uint8_t>>(sheet.shape.size(), paper);
  const auto at = [&](int y, int x) {
    return (static_cast<std::size_t>(y) * static_cast<std::size_t>(sheet.shape.w) + static_cast<std::size_t>(x)) * 3;
  };
  for (int column = 0; column < columns; ++column) {
    const int left = gap + column * (side + gap);
    const TinyFont text(labels_[static_cast<std::size_t>(column)]);
    for (int y = 0; y < scale * TinyFont::height; ++y)
      for (int x = 0; x < std::min(side, scale * text.width()); ++x)
        if (text.inked(y / scale, x / scale)) std::fill_n(&pixels[at(gap + y, left + x)], 3, ink);
    for (int row = 0; row < rows_; ++row)
      for (int y = 0; y < side; ++y) {
        const std::size_t from =
            (static_cast<std::size_t>(row * columns + column) * side + static_cast<std::size_t>(y)) *
            static_cast<std::size_t>(side) * 3;
        std::copy_n(&cells_[from], std::size_t{side} * 3, &pixels[at(header + gap + row * (side + gap) + y, left)]);
      }
  }
  return sheet;
}

Colours difference_of(const Colours& picture, const Colours& clean, float factor) {
  Colours difference = picture;
  for (std::size_t i = 0; i < difference.values.size(); ++i)
    difference.values[i] = 0.5f + factor * (picture.values[i] - clean.values[i]);
  return difference;
}

}  // namespace dae
