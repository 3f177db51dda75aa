# shellcheck shell=bash disable=SC2154
# Stage train: the device's losses beside those of the CPU device. Sourced by tools/gpu-acceptance.
# fp32: every loss of the first 20 steps within 1e-4. All precisions: validation loss after two epochs inside what five
# seeds of the CPU device spread, widened by half of that spread on both sides.

train_presets=(conv-dae-32 conv-dae-16)

stage_train() {
  if [[ ! -x $program ]]; then
    missing program "there is no $program"
    return
  fi
  local preset seed seeds=(1 2 3 4 5)
  [[ $quick == no ]] || seeds=(1)
  for preset in "${train_presets[@]}"; do
    twenty "$preset" cpu cpu fp32
    for seed in "${seeds[@]}"; do two_epochs "$preset" "cpu-$seed" cpu fp32 "$seed"; done
  done
  if [[ $device != cpu ]] && ! gpu_usable; then
    missing device "NO GPU: $(no_gpu_cause)"
    return
  fi
  local precision
  for preset in "${train_presets[@]}"; do
    twenty "$preset" device "$device" fp32
    compare_steps "$preset"
    for precision in fp32 tf32 bf16; do
      two_epochs "$preset" "$precision" "$device" "$precision" 1
      compare_epochs "$preset" "$precision"
    done
    same_bits_twice "$preset"
  done
}

# twenty PRESET NAME DEVICE PRECISION [FLAG...]
twenty() {
  check "$1-20-steps-$2" 120 "$program" train --model "$1" --train-data data/mnist --val-data data/mnist --device "$3" \
    --precision "$4" --stop-after-steps 20 --overwrite --quiet --out "$folder/$1-20-$2" "${@:5}"
}

two_epochs() {
  local limit=()
  [[ $quick == no ]] || limit=(--limit 2048)
  DETAIL=validation_loss check "$1-2-epochs-$2" 300 "$program" train --model "$1" --train-data data/mnist \
    --val-data data/mnist --device "$3" --precision "$4" --seed "$5" --epochs 2 --overwrite --json \
    --out "$folder/$1-epochs-$2" "${limit[@]}"
}

validation_loss() { echo "validation loss $(json_value val_loss "$1")"; }

compare_steps() {
  local name="$1-20-steps-agree" cpu=$folder/$1-20-cpu/steps.csv own=$folder/$1-20-device/steps.csv
  if is_done "$name" || ! passed "$1-20-steps-cpu" || ! passed "$1-20-steps-device"; then return; fi
  local largest
  largest=$(awk -F, 'FNR == 1 { next } NR == FNR { loss[$1] = $3; next }
    { d = $3 - loss[$1]; if (d < 0) d = -d; if (d > most) most = d; ++rows }
    END { if (rows == 20) printf "%.3g", most; else print "none: there are not 20 steps" }' "$cpu" "$own")
  verdict "$name" "$(awk -v d="$largest" 'BEGIN { print (d ~ /^[0-9.e+-]+$/ && d + 0 <= 1e-4) ? "true" : "false" }')" \
    "largest distance of a step's loss from the CPU device's: $largest (allowed 1e-4)"
}

compare_epochs() {
  local name="$1-2-epochs-$2-agrees" own log losses=()
  if is_done "$name" || ! passed "$1-2-epochs-$2"; then return; fi
  own=$(json_value val_loss "$folder/$1-2-epochs-$2.log")
  for log in "$folder/$1-2-epochs-cpu-"*.log; do losses+=("$(json_value val_loss "$log")"); done
  local range
  range=$(printf '%s\n' "${losses[@]}" | awk 'NR == 1 { low = high = $1 } { if ($1 < low) low = $1; if ($1 > high) high = $1 }
    END { half = (high - low) / 2; if (half < 5e-4) half = 5e-4; printf "%.5f %.5f", low - half, high + half }')
  verdict "$name" "$(awk -v x="$own" -v r="$range" 'BEGIN { split(r, b, " "); print (x != "" && x + 0 >= b[1] + 0 && x + 0 <= b[2] + 0) ? "true" : "false" }')" \
    "validation loss $own, ${#losses[@]} seeds of the CPU device allow ${range/ / to }"
}

# --deterministic: the same seed gives the same checkpoint.
same_bits_twice() {
  local turn name="$1-same-bits-twice"
  for turn in first second; do twenty "$1" "deterministic-$turn" "$device" fp32 --deterministic; done
  if is_done "$name" || ! passed "$1-20-steps-deterministic-first" || ! passed "$1-20-steps-deterministic-second"; then return; fi
  if cmp -s "$folder/$1-20-deterministic-first/last.safetensors" "$folder/$1-20-deterministic-second/last.safetensors"; then
    verdict "$name" true 'two runs with --deterministic wrote the same checkpoint'
  else
    verdict "$name" false 'two runs with --deterministic wrote different checkpoints'
  fi
}
