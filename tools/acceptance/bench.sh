# shellcheck shell=bash disable=SC2154
# Stage bench: steps and epochs of conv-dae-32 beside PyTorch's. Sourced by tools/gpu-acceptance.

stage_bench() {
  if [[ ! -x $program ]]; then
    missing program "there is no $program"
    return
  fi
  if [[ $device != cpu ]] && ! gpu_usable; then
    missing device "NO GPU: $(no_gpu_cause)"
    return
  fi
  local batch precision steps=300 epochs=4 limit=()
  if [[ $quick == yes ]]; then steps=5 epochs=2 limit=(--limit 4096); fi
  for precision in fp32 tf32 bf16; do
    for batch in 128 512 2048; do
      DETAIL=step_figures check "step-$precision-$batch" 90 "$program" profile --device "$device" --window replayed \
        --steps $steps --batch $batch --precision $precision --out "$folder/trace.json" --json
      DETAIL=epoch_figures check "epoch-$precision-$batch" 90 "$program" train --device "$device" --precision $precision \
        --train-data data/mnist --val-data data/mnist --batch $batch --epochs $epochs --overwrite --json \
        --out "$folder/epoch-$precision-$batch" "${limit[@]}"
    done
  done
  bench_pytorch
}

step_figures() {
  echo "$(rounded "$(json_value ms_per_step "$1")") ms a step, $(rounded "$(json_value images_per_s "$1")") images/s," \
    "graph of $(json_value captured_nodes "$1") nodes"
}

# The last epoch's figures: the first one plans and warms up.
epoch_figures() {
  local line
  line=$(grep '"event":"epoch"' "$1" | tail -1 >"$1.last" && echo "$1.last")
  echo "$(rounded "$(json_value seconds "$line")") s an epoch, $(rounded "$(json_value images_per_s "$line")") images/s"
}

rounded() { awk -v x="$1" 'BEGIN { printf((x + 0 >= 1000) ? "%.0f" : "%.4g", x) }'; }

bench_pytorch() {
  local python=${VIRTUAL_ENV:+$VIRTUAL_ENV/bin/}python3 mode precision batch more=()
  if ! "$python" -c 'import torch' 2>/dev/null; then
    missing pytorch "$python has no PyTorch"
    return
  fi
  if [[ $device != cpu ]] && ! "$python" -c 'import sys, torch; sys.exit(not torch.cuda.is_available())' 2>/dev/null; then
    missing pytorch "$python has a PyTorch that finds no GPU"
    return
  fi
  [[ $quick == no ]] || more=(--steps 5)
  for mode in eager compile; do
    for precision in fp32 tf32 bf16; do
      for batch in 128 512 2048; do
        peer "pytorch-$mode-$precision-$batch" 180 env "LD_LIBRARY_PATH=${LD_LIBRARY_PATH:-}" \
          "$python" "$root/tools/acceptance/pytorch_steps.py" --device "$device" --mode $mode --precision $precision \
          --batch $batch "${more[@]}"
      done
    done
  done
}

# With its own libraries. A peer that cannot run here (torch.compile without a C compiler) says nothing against us.
peer() {
  if is_done "$1"; then return; fi
  DETAIL=last_line check "$@"
  [[ $(head -1 "$folder/$1.result") != failed ]] || missing "$1" "$(sed -n 3p "$folder/$1.result")"
}
