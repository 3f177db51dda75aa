# shellcheck shell=bash disable=SC2154
# Stage report: everything that was checked, with its command, in one Markdown file. Sourced by tools/gpu-acceptance.
# A GPU's report goes to docs/gpu-reports/, and the device's properties as cuDNN gives them become a file beside those
# that tests/cusim/plans plans for; without one it stays in the folder of results.

stage_report() {
  local name file=$out/report.md properties=$folder/properties.json
  if gpu_usable && ours "$program" devices --properties "$device" >"$properties" 2>/dev/null; then
    name=$(property deviceName "$properties" | tr 'A-Z ' 'a-z-' | tr -cd 'a-z0-9-')
    mkdir -p "$root/docs/gpu-reports" "$root/tests/cusim/plans/devices"
    file=$root/docs/gpu-reports/$name-$(date -u +%F).md
    local fixture
    fixture=$root/tests/cusim/plans/devices/sm$(($(property deviceVer "$properties") / 10))-$name.json
    cp "$properties" "$fixture"
    record properties ok 0 "${fixture#"$root"/}" "$program devices --properties $device"
  else
    missing properties "NO GPU: $(no_gpu_cause)"
  fi
  write_report >"$file.new"
  mv "$file.new" "$file"
  echo "  $file"
}

property() { sed -n "s/^ *\"$1\": *\"\{0,1\}\([^\",]*\)\"\{0,1\},\{0,1\}\$/\1/p" "$2" | head -1; }

write_report() {
  local part
  echo "# Acceptance run, $(date -u '+%F %R') UTC"
  echo
  if [[ $device == cpu ]]; then
    echo '**A rehearsal on the CPU device: nothing here ran on a GPU.**'
  elif ! gpu_usable; then
    echo "**No GPU: $(no_gpu_cause). Nothing here ran on one.**"
  fi
  echo
  echo "Written by \`tools/gpu-acceptance\`; sources: $(source_commit). $(count_results ok) checks right," \
    "$(count_results failed) wrong, $(count_results missing) not possible here, $(count_results 'left over') left over."
  code_block "dae-cuda doctor" "$out/build/doctor.log"
  code_block "dae-cuda devices" "$out/build/devices.log"
  if command -v nvidia-smi >/dev/null; then
    nvidia-smi >"$folder/nvidia-smi.log" 2>&1 || true
    code_block "nvidia-smi" "$folder/nvidia-smi.log"
  fi
  for part in build test sanitize train bench report; do stage_table "$part"; done
}

code_block() {
  [[ -s $2 ]] || return 0
  printf '\n## %s\n\n```\n' "$1"
  head -60 "$2"
  printf '```\n'
}

stage_table() {
  local file state seconds detail
  compgen -G "$out/$1/*.result" >/dev/null || return 0
  printf '\n## Stage %s\n\n| check | result | s | what was found |\n|---|---|---|---|\n' "$1"
  for file in "$out/$1"/*.result; do
    { IFS= read -r state && IFS= read -r seconds && IFS= read -r detail; } <"$file" || true
    printf '| %s | %s | %s | %s |\n' "$(basename "$file" .result)" "$state" "$seconds" "${detail//|/\\|}"
  done
  printf '\n```\n'
  for file in "$out/$1"/*.result; do sed -n 4p "$file"; done | grep -v '^$' | sed "s#$out#OUT#g; s#$root#.#g" || true
  printf '```\n'
}

source_commit() {
  if [[ -s $root/commit ]]; then
    cat "$root/commit"
  else
    git -C "$root" rev-parse HEAD 2>/dev/null || echo unknown
  fi
}
