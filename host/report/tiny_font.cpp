#include "host/report/tiny_font.hpp"

#include <array>

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

}  // namespace

int TinyFont::width() const { return static_cast<int>(text_.size()) * advance; }

bool TinyFont::inked(int y, int x) const {
  const int column = x % advance;
  return column < letter &&
         dots_of(text_[static_cast<std::size_t>(x / advance)])[static_cast<std::size_t>(y)][column] == '#';
}

}  // namespace dae
