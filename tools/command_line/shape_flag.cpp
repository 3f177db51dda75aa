#include "tools/command_line/shape_flag.hpp"

#include "tools/command_line/flags.hpp"

namespace dae {

Shape parse_shape(std::string_view flag, std::string_view text) {
  Shape shape;
  std::string_view rest = text;
  for (int* extent : {&shape.h, &shape.w, &shape.c}) {
    const std::size_t end = extent == &shape.c ? std::string_view::npos : rest.find('x');
    if (rest.empty() || (extent != &shape.c && end == std::string_view::npos)) {
      throw UsageError(fmt::format("{} needs HEIGHTxWIDTHxCHANNELS such as 28x28x1, not {}", flag, quote(text)));
    }
    *extent = parse_number(flag, rest.substr(0, end), 1, 65536);
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  }
  return shape;
}

}  // namespace dae
