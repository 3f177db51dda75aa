# shellcheck shell=bash disable=SC2154
# Packs what --prebuilt takes: stripped program, device and tests, the libraries that they need and the system may lack,
# data and fixtures, these scripts, and headers of the libraries that have no more than headers. Sourced by
# tools/gpu-acceptance.

pack() {
  local to build=$root/build-pack nvcc=${CUDACXX:-nvcc}
  mkdir -p "$1"
  to=$(realpath "$1")
  command -v "$nvcc" >/dev/null || nvcc=/usr/local/cuda/bin/nvcc
  # Tests look for their files below the folder that they are started in.
  cmake -G Ninja -S "$root" -B "$build" -DCMAKE_BUILD_TYPE=Release -DDAE_CUDA=ON -DDAE_TESTS=ON -DDAE_TESTS_PORTABLE=ON \
    -DDAE_PLANS=ON "-DCMAKE_CUDA_COMPILER=$nvcc" ${DAE_PACK_ARCHITECTURES:+"-DCMAKE_CUDA_ARCHITECTURES=$DAE_PACK_ARCHITECTURES"}
  cmake --build "$build" --parallel "$(nproc)" --target dae-cuda dae-cuda-device dae-tests cudnn-documented cuda-documented
  local file
  for file in dae-cuda libdae-cuda.so dae-tests cudnn-documented cuda-documented; do
    install -m 755 "$build/$file" "$to/$file"
    strip "$to/$file"
  done
  pack_libraries "$to"
  pack_headers "$to"
  mkdir -p "$to/tools" "$to/tests/cusim/plans" "$to/data"
  cp -r "$root/tools/gpu-acceptance" "$root/tools/acceptance" "$root/tools/profile" "$to/tools/"
  cp -r "$root/tests/fixtures" "$to/tests/"
  cp -r "$root/tests/cusim/plans/devices" "$to/tests/cusim/plans/"
  cp -r "$root/data/mnist" "$to/data/"
  find "$to" -name __pycache__ -prune -exec rm -r {} +
  printf '%s\n' "$(git -C "$root" rev-parse HEAD 2>/dev/null || echo unknown)" >"$to/commit"
  echo "packed $(du -sm "$to" | cut -f1) MB into $to; there: tools/gpu-acceptance --prebuilt ."
}

# The libraries that the loader finds here, without the C and C++ runtimes, which belong to the system, and without NVIDIA's.
pack_libraries() {
  local library
  mkdir -p "$1/lib"
  for library in $(ldd "$1/dae-cuda" "$1/dae-tests" "$1"/*-documented | awk '$2 == "=>" && $3 ~ /^\// { print $3 }' | sort -u); do
    case $(basename "$library") in
      libc.so* | libm.so* | libstdc++* | libgcc_s* | ld-linux* | libpthread* | libdl* | librt* | libcu* | libnv*) ;;
      *) install -m 755 "$library" "$1/lib/" ;;
    esac
  done
}

# Headers and CMake files of Debian's packages, for a build with --prefix.
pack_headers() {
  local package file
  command -v dpkg-query >/dev/null || return 0
  for package in libfmt-dev catch2 libcli11-dev nlohmann-json3-dev; do
    for file in $(dpkg-query --listfiles "$package" 2>/dev/null | grep -E '/(include|cmake)/|\.a$'); do
      [[ ! -f $file ]] || install -D -m 644 "$file" "$1/prefix/${file#/usr/}"
    done
  done
  # fmt's CMake files want its shared library beside them.
  local linked real
  linked=$(ldd "$1/dae-cuda" | awk '/libfmt/ { print $3 }')
  if [[ -n $linked ]]; then
    real=$(readlink -f "$linked")
    install -D -m 755 "$real" "$1/prefix/${real#/usr/}"
    ln -sf "$(basename "$real")" "$1/prefix/$(dirname "${real#/usr/}")/$(basename "$linked")"
  fi
}
