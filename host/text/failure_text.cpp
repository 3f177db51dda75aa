#include "host/text/failure_text.hpp"

#include <filesystem>
#include <new>

#include "dae/error.hpp"

namespace dae {

std::string message_of(const std::exception_ptr& failure) {
  std::string message;
  try {
    std::rethrow_exception(failure);
  } catch (const Error& error) {
    message = error.what();
  } catch (const std::filesystem::filesystem_error& error) {
    message = error.what();
  } catch (const std::bad_alloc&) {
    message = "not enough memory; a smaller --batch or --limit needs less";
  } catch (const std::exception& error) {
    message = std::string("internal error: ") + error.what();
  } catch (...) {
    message = "internal error";
  }
  for (char& c : message) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
  }
  return message;
}

}  // namespace dae
