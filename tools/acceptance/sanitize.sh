# shellcheck shell=bash disable=SC2154
# Stage sanitize: a few steps under NVIDIA's compute-sanitizer, for our own kernels. Sourced by tools/gpu-acceptance.

stage_sanitize() {
  local sanitizer
  if ! sanitizer=$(find_sanitizer); then
    missing sanitizer 'there is no compute-sanitizer: it comes with the CUDA toolkit, and with the wheel nvidia-cuda-sanitizer-api'
    return
  fi
  if [[ $device != cpu ]] && ! gpu_usable; then
    missing sanitizer "NO GPU: $(no_gpu_cause)"
    return
  fi
  # The namespace in a mangled name; cuDNN's and cuBLAS' kernels are not ours to check.
  local common=(--error-exitcode 9 --kernel-name kernel_substring=3dae4cuda --require-cuda-init "$(cuda_expected)")
  local model input tool
  # Each network brings other kernels: upsampling, dense layers, sums and concatenation, space to depth and noise maps.
  while read -r model input; do
    local run=("$program" profile --device "$device" --model "$model" --input "$input" --batch 5 --out "$folder/trace.json")
    sanitized "memcheck-replayed-$model" --tool memcheck "${common[@]}" "${run[@]}" --window replayed --steps 3
    sanitized "memcheck-eager-$model" --tool memcheck --leak-check full "${common[@]}" "${run[@]}" --window eager --steps 2
    for tool in racecheck initcheck synccheck; do
      sanitized "$tool-$model" --tool $tool "${common[@]}" "${run[@]}" --window eager --steps 2
    done
  done <<'MODELS'
conv-dae-32 28x28x1
dense-dae 28x28x1
unet-small 32x32x1
ffdnet-small 32x32x1
MODELS
}

# The sanitizer ends with 0 when the program died before its first call of CUDA, so its summary has to say 0 errors.
sanitized() {
  if is_done "$1"; then return; fi
  DETAIL=last_line check "$1" 150 "$sanitizer" "${@:2}"
  passed "$1" || return 0
  if [[ $device == cpu ]]; then
    missing "$1" 'a rehearsal: the sanitizer took these flags, and no kernel ran'
  elif ! grep -q 'SUMMARY: 0 ' "$folder/$1.log"; then
    record "$1" failed 0 "no summary without errors: $(last_line "$folder/$1.log" | cut -c1-160)" "$sanitizer ${*:2}"
  fi
}

# A program that never calls CUDA is an error for the sanitizer, but not in a rehearsal.
cuda_expected() { if [[ $device == cpu ]]; then echo no; else echo yes; fi; }

find_sanitizer() {
  local folder
  command -v compute-sanitizer && return
  # NVIDIA's wheels have it beside the libraries that were found for cuDNN.
  for folder in /usr/local/cuda/bin $(tr ':' '\n' <<<"$library_path" | sed -n 's#/lib$#/bin#p'); do
    if [[ -x $folder/compute-sanitizer ]]; then
      echo "$folder/compute-sanitizer"
      return
    fi
  done
  return 1
}
