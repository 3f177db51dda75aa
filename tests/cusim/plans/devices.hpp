#pragma once

#include <string>
#include <vector>

namespace dae::plans {

/// Properties of a GPU that need not be there, as cuDNN's JSON.
struct DeviceFile {
  std::string name;  ///< The file's, without its ending: "sm90-h100".
  int architecture = 0;
  std::string json;
};

/// Files of devices/ in order of architecture; those that tools/gpu-acceptance saved on a real GPU are found too.
std::vector<DeviceFile> device_files();

/// The first one of an architecture. Throws std::out_of_range.
DeviceFile device_file(int architecture);

}  // namespace dae::plans
