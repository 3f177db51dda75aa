# shellcheck shell=bash disable=SC2034
# Shared by tools/quickstart and tools/test: install what is missing, find a GPU, configure and build.
# Sourced by bash with `set -euo pipefail`, in the root of the checkout. Sets no option and changes no folder.

product_packages=(g++ cmake ninja-build libfmt-dev libcli11-dev nlohmann-json3-dev zlib1g-dev libpng-dev)

stage() { printf '\n[%s] %s\n' "$1" "$2"; }

stop() {
  printf '%s: %s\n' "$(basename "$0")" "$1" >&2
  exit 1
}

# Prints those of the Debian packages given that are not installed.
missing_packages() {
  local name
  for name in "$@"; do
    [[ $(dpkg-query --show --showformat='${db:Status-Status}' "$name" 2>/dev/null) == installed ]] || echo "$name"
  done
}

# Installs the Debian packages given, as root; any other user is told the line to run. DAE_SKIP_INSTALL=1 leaves that to
# you, and so does a system without dpkg: CMake then names what it does not find.
install_packages() {
  local missing
  if [[ -n ${DAE_SKIP_INSTALL:-} ]] || ! command -v dpkg-query >/dev/null; then
    echo "Installing nothing; wanted are Debian's packages, or what corresponds to them: $*"
    return
  fi
  mapfile -t missing < <(missing_packages "$@")
  if ((${#missing[@]} == 0)); then
    echo "All $# packages are installed."
  elif ((EUID != 0)); then
    echo "These packages are missing. Run this line as root, then $0 again:" >&2
    echo "  apt-get update && apt-get install -y --no-install-recommends ${missing[*]}" >&2
    exit 1
  else
    echo "Installing ${missing[*]}"
    DEBIAN_FRONTEND=noninteractive apt-get update
    DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "${missing[@]}" </dev/null
  fi
}

gpu_visible() {
  compgen -G '/proc/driver/nvidia/gpus/*' >/dev/null || nvidia-smi --list-gpus 2>/dev/null | grep -q '^GPU'
}

find_nvcc() { command -v nvcc || { [[ -x /usr/local/cuda/bin/nvcc ]] && echo /usr/local/cuda/bin/nvcc; }; }

find_cudnn_header() {
  local include
  for include in "$(dirname "$(dirname "$(readlink -f "$1")")")"/{include,targets/*/include} /usr/include /usr/include/*; do
    [[ ! -e $include/cudnn.h ]] || return 0
  done
  return 1
}

# Sets device_flags, CMake's options for the device that this machine can run, and says in one line which and why.
choose_device() {
  local nvcc
  device_flags=(-DDAE_CUDA=OFF)
  if ! gpu_visible; then
    echo "Device: CPU, because no NVIDIA GPU is visible here."
  elif ! nvcc=$(find_nvcc); then
    echo "Device: CPU; there is an NVIDIA GPU, but no nvcc: install the CUDA toolkit 13.0 and cuDNN 9.8 or newer to use it."
  elif ! find_cudnn_header "$nvcc"; then
    echo "Device: CPU; there are an NVIDIA GPU and nvcc, but no cudnn.h: install cuDNN 9.8 or newer to use them."
  else
    echo "Device: CUDA, built for the GPU of this machine with $nvcc."
    device_flags=(-DDAE_CUDA=ON -DCMAKE_CUDA_ARCHITECTURES=native "-DCMAKE_CUDA_COMPILER=$nvcc")
  fi
}

# configure_and_build FOLDER [CMake option]...: a folder that was configured before is brought up to date.
configure_and_build() {
  local folder=$1
  shift
  cmake -G Ninja -S . -B "$folder" "$@"
  cmake --build "$folder" --parallel "$(nproc)"
}
