#include "tests/cusim/plans/devices.hpp"

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "host/files/input_file.hpp"

namespace dae::plans {

std::vector<DeviceFile> device_files() {
  std::vector<DeviceFile> files;
  for (const auto& entry : std::filesystem::directory_iterator(DAE_PLAN_DEVICES)) {
    const auto json = nlohmann::json::parse(read_file(entry.path(), 1 << 20));
    files.push_back({entry.path().stem().string(), json.at("deviceVer").get<int>() / 10, json.dump()});
  }
  std::ranges::sort(files, {}, [](const DeviceFile& f) { return std::pair(f.architecture, f.name); });
  return files;
}

DeviceFile device_file(int architecture) {
  for (DeviceFile& file : device_files())
    if (file.architecture == architecture) return file;
  throw std::out_of_range("no device file of that architecture");
}

}  // namespace dae::plans
