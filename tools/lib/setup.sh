# shellcheck shell=bash disable=SC2034
# Shared by tools/quickstart and tools/test: install what is missing, find a GPU, configure and build.
# Sourced by bash with `set -euo pipefail`, in the root of the checkout. Sets no option and changes no folder.

product_packages=(g++ cmake ninja-build libfmt-dev libcli11-dev nlohmann-json3-dev zlib1g-dev libpng-dev libonnx-dev
  libprotobuf-dev libjpeg-dev libtiff-dev libwebp-dev pkg-config)

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

# True when cuDNN's headers, 9.8 or newer, lie beside the toolkit given or in the system's folders.
has_cudnn() {
  local header
  for header in "$1"/{include,targets/*/include}/cudnn_version.h /usr/include/{,*/}cudnn_version.h; do
    [[ -e $header ]] &&
      awk '$2 == "CUDNN_MAJOR" { a = $3 } $2 == "CUDNN_MINOR" { b = $3 } END { exit !(100 * a + b >= 908) }' "$header" &&
      return 0
  done
  return 1
}

# Sets nvcc where the CUDA device can be built, and else no_cuda: why not.
find_cuda() {
  nvcc=$(command -v nvcc || true)
  [[ -n $nvcc || ! -x /usr/local/cuda/bin/nvcc ]] || nvcc=/usr/local/cuda/bin/nvcc
  if [[ -z $nvcc ]]; then
    no_cuda="there is no nvcc: install the CUDA toolkit, 13.0 or newer"
  elif ! "$nvcc" --version | grep -Eq 'release (1[3-9]|[2-9][0-9])\.'; then
    no_cuda="$nvcc is older than 13.0"
  elif ! has_cudnn "$(dirname "$(dirname "$(readlink -f "$nvcc")")")"; then
    no_cuda="there is no cuDNN 9.8 or newer beside $nvcc"
  else
    return 0
  fi
  return 1
}

# Sets device_flags, CMake's options for the device that this machine can run, and says in one line which and why.
choose_device() {
  device_flags=(-DDAE_CUDA=OFF)
  if ! gpu_visible; then
    echo "Device: CPU, because no NVIDIA GPU is visible here."
  elif ! find_cuda; then
    echo "Device: CPU, although an NVIDIA GPU is here, because $no_cuda."
  else
    echo "Device: CUDA, built for the GPU of this machine with $nvcc."
    device_flags=(-DDAE_CUDA=ON -DCMAKE_CUDA_ARCHITECTURES=native "-DCMAKE_CUDA_COMPILER=$nvcc")
  fi
}

# configure_and_build SOURCE FOLDER [CMake option]...: a folder that was configured before is brought up to date.
configure_and_build() {
  local source=$1 folder=$2
  shift 2
  cmake -G Ninja -S "$source" -B "$folder" "$@"
  cmake --build "$folder" --parallel "$(nproc)"
}
