#pragma once

#include <array>
#include <optional>
#include <string_view>
#include <variant>

namespace dae {

/// The alternatives of a variant by their names: each alternative has a static member `name`.
template <class Variant>
struct Kinds;

template <class... Kind>
struct Kinds<std::variant<Kind...>> {
  using Variant = std::variant<Kind...>;

  /// In the variant's order.
  static constexpr std::array<std::string_view, sizeof...(Kind)> names = {Kind::name...};

  static std::string_view name_of(const Variant& value) { return names[value.index()]; }

  /// The alternative of that name with its defaults, or nothing.
  static std::optional<Variant> named(std::string_view name) {
    std::optional<Variant> found;
    ((Kind::name == name ? void(found = Kind{}) : void()), ...);
    return found;
  }
};

}  // namespace dae
