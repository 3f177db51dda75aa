#include "tools/command_line/exit_code.hpp"

#include <filesystem>
#include <new>

#include "dae/error.hpp"

namespace dae::exit_code {

int of(const std::exception_ptr& failure) {
  try {
    std::rethrow_exception(failure);
  } catch (const UsageError&) {
    return usage;
  } catch (const InputError&) {
    return input;
  } catch (const std::filesystem::filesystem_error&) {
    return input;  // A file that was there a moment ago; failures to write are OutputErrors.
  } catch (const OutputError&) {
    return output;
  } catch (const MemoryError&) {
    return memory;
  } catch (const std::bad_alloc&) {
    return memory;
  } catch (const DeviceError&) {
    return device;
  } catch (const NumericError&) {
    return diverged;
  } catch (...) {
    return internal;
  }
}

}  // namespace dae::exit_code
