# shellcheck shell=bash disable=SC2154
# Stage test: the suite's bodies for any device, on this one. Sourced by tools/gpu-acceptance.

stage_test() {
  if [[ ! -x $tests ]]; then
    missing tests "there is no $tests"
    return
  fi
  DETAIL=last_line check diagnosis 120 "$tests" '[cuda_diagnosis],[open_device]'
  # The real libraries are held to what the simulator's fakes are held to; these tests need no GPU.
  local name
  for name in "$(dirname "$tests")"/*-documented; do
    [[ ! -x $name ]] || DETAIL=last_line check "$(basename "$name")" 120 "$name"
  done
  if [[ $device != cpu ]] && ! gpu_usable; then
    missing device "NO GPU: $(no_gpu_cause)"
    return
  fi
  # One process a tag, so that a crash costs one part only and a stopped stage goes on.
  local tag
  for tag in gradient loss optimizer program; do
    DETAIL=last_line check "device-$tag" 300 env "DAE_TEST_DEVICE=$device" "$tests" "[device][$tag]"
    ! grep -qs '^No test' "$folder/device-$tag.log" || record "device-$tag" failed 0 'no test has these tags' ''
  done
  DETAIL=last_line check device-others 300 env "DAE_TEST_DEVICE=$device" "$tests" \
    '[device]~[gradient]~[loss]~[optimizer]~[program]'
  ! grep -qs '^No test' "$folder/device-others.log" || missing device-others 'there are no others'
}
