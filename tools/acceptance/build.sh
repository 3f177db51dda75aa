# shellcheck shell=bash disable=SC2154
# Stage build: program, CUDA device and tests, from the sources or as they were packed. Sourced by tools/gpu-acceptance.

stage_build() {
  if [[ -z $prebuilt ]]; then
    build_from_sources
  else
    echo "  prebuilt in $prebuilt"
  fi
  if [[ ! -x $program ]]; then
    missing program "there is no $program"
    return
  fi
  check version 20 "$program" version
  DETAIL=first_line check devices 60 "$program" devices
  doctor
}

first_line() { head -1 "$1"; }

# doctor's exit code says whether a GPU is usable; its screen belongs into the report either way.
doctor() {
  local code=0
  ours timeout 60 "$program" doctor >"$folder/doctor.log" 2>&1 || code=$?
  if [[ $device == cpu ]]; then
    missing doctor 'a rehearsal: no GPU is asked for'
  elif ((code == 0)); then
    record doctor ok 0 'a GPU can be used' "$program doctor"
  elif ((code == 5)); then
    record doctor missing 0 "NO GPU: $(no_gpu_cause)" "$program doctor"
  else
    record doctor failed 0 "exit code $code" "$program doctor"
  fi
}

build_from_sources() {
  local cuda=OFF build=$root/build-acceptance flags=() nvcc
  nvcc=$(command -v nvcc || true)
  [[ -n $nvcc || ! -x /usr/local/cuda/bin/nvcc ]] || nvcc=/usr/local/cuda/bin/nvcc
  if ! command -v cmake >/dev/null || ! command -v ninja >/dev/null; then
    missing build 'cmake and ninja are needed; or take --prebuilt'
    return
  fi
  if [[ -n $nvcc ]]; then
    cuda=ON
    # Without a GPU there is nothing native.
    if compgen -G '/proc/driver/nvidia/gpus/*' >/dev/null; then flags+=(-DCMAKE_CUDA_ARCHITECTURES=native); fi
    flags+=("-DCMAKE_CUDA_COMPILER=$nvcc")
  else
    missing nvcc 'there is no nvcc: only the CPU device is built; tools/cuda-wheels or --prebuilt help'
  fi
  [[ -z $prefix ]] || flags+=("-DCMAKE_PREFIX_PATH=$prefix")
  check configure 120 cmake -G Ninja -S "$root" -B "$build" -DCMAKE_BUILD_TYPE=Release -DDAE_TESTS=ON \
    "-DDAE_CUDA=$cuda" "-DDAE_PLANS=$cuda" "${flags[@]}"
  # Interrupted by the end of the stage, it goes on in the next run.
  passed configure && check build 3600 cmake --build "$build" --parallel "$(nproc)"
}
