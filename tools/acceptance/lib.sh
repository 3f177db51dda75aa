# shellcheck shell=bash disable=SC2154,SC2034
# Checks with a time limit, a log and a result each. Sourced by tools/gpu-acceptance.
# A result is a file $out/STAGE/NAME.result: state, seconds, detail and command, one a line. States: ok, failed,
# missing (cannot be done here), left over (no time was left; the next run does it).

usage() {
  echo "tools/gpu-acceptance: $1; the head of the file explains it" >&2
  exit 2
}

# Which program and tests are run, and from where.
choose_programs() {
  if [[ -n $prebuilt ]]; then
    prebuilt=$(realpath "$prebuilt")
    [[ -x $prebuilt/dae-cuda ]] || usage "--prebuilt $prebuilt holds no dae-cuda; tools/gpu-acceptance pack makes such a folder"
    cd "$prebuilt" || exit 2
    program=$prebuilt/dae-cuda tests=$prebuilt/dae-tests library_path=$prebuilt/lib
  else
    program=$root/build-acceptance/dae-cuda tests=$root/build-acceptance/dae-tests library_path=
  fi
}

# Adds the folders of NVIDIA's wheels to library_path where the loader does not know both libraries by itself.
libraries_from_python() {
  local folder python=${VIRTUAL_ENV:+$VIRTUAL_ENV/bin/}python3
  if [[ -n ${DAE_CUDNN_DIR:-} ]]; then add_library_folder "$DAE_CUDNN_DIR"; fi
  if [[ $(ldconfig -p 2>/dev/null | grep -cE '^\s*lib(cudnn|cublas)\.so\.(9|13) ') -ge 2 ]]; then return; fi
  command -v "$python" >/dev/null || return 0
  while read -r folder; do add_library_folder "$folder"; done < <("$python" - <<'PYTHON'
import glob, sys
for path in sys.path:
    for folder in sorted(glob.glob(path + "/nvidia/*/lib") if path else []):
        print(folder)
PYTHON
  )
}

# An empty entry would stand for the folder that a program is started in.
add_library_folder() { library_path+=${library_path:+:}$1; }

# Runs a command of ours with its libraries.
ours() { LD_LIBRARY_PATH=$library_path${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH} "$@"; }

gpu_usable() {
  [[ $device != cpu ]] || return 1
  if [[ -z ${gpu_is_usable:-} ]]; then
    gpu_is_usable=no
    if [[ -x $program ]] && ours "$program" devices --properties "$device" >/dev/null 2>&1; then gpu_is_usable=yes; fi
  fi
  [[ $gpu_is_usable == yes ]]
}

no_gpu_cause() {
  if [[ $device == cpu ]]; then
    echo 'a rehearsal on the CPU device'
  elif [[ ! -x $program ]]; then
    echo "$program is not there; see the stage build"
  else
    ours "$program" devices --properties "$device" 2>&1 >/dev/null | sed 's/^dae-cuda: //' | head -1
  fi
}

# A stage runs from its file's function; its stamp says that nothing in it is left to do.
run_stage() {
  stage=$1 folder=$out/$1 begin=$SECONDS
  mkdir -p "$folder"
  printf '\n[%s] %s\n' "$stage" "$(date -u +%FT%TZ)"
  if [[ -e $folder/done && $stage != report ]]; then
    echo "done before; remove $folder to run it again"
    return
  fi
  "stage_$stage"
  if ! grep -lqx 'left over' "$folder"/*.result 2>/dev/null; then touch "$folder/done"; fi
}

seconds_left() { echo $((stage_seconds - (SECONDS - begin))); }

# record NAME STATE SECONDS DETAIL COMMAND
record() {
  printf '%s\n' "$2" "$3" "${4//$'\n'/ }" "$5" >"$folder/$1.result.new"
  mv "$folder/$1.result.new" "$folder/$1.result"
  printf '  %-9s %-34s %s\n' "$2" "$1" "$4"
}

missing() { record "$1" missing 0 "$2" ''; }

# True when a check needs not run: it was right or wrong before.
is_done() { [[ -e $folder/$1.result ]] && head -1 "$folder/$1.result" | grep -Eqx 'ok|failed|missing'; }

# check NAME LIMIT COMMAND...: runs it with our libraries for at most LIMIT seconds; its output goes to NAME.log.
# DETAIL, if set, is the name of a function that prints what to say of a good end.
check() {
  local name=$1 limit=$2 left start code=0 text
  shift 2
  if is_done "$name"; then return; fi
  left=$(seconds_left)
  text=$(printf '%q ' "$@")
  if ((left < 5)); then
    record "$name" 'left over' 0 'no time was left in this stage' "$text"
    return
  fi
  start=$SECONDS
  ours timeout --kill-after=10 $((limit < left ? limit : left)) "$@" >"$folder/$name.log" 2>&1 </dev/null || code=$?
  if ((code == 0)); then
    record "$name" ok $((SECONDS - start)) "${DETAIL:+$($DETAIL "$folder/$name.log")}" "$text"
  elif ((code == 124 || code == 137)) && ((limit >= left)); then
    record "$name" 'left over' $((SECONDS - start)) 'the stage ended before it' "$text"
  elif ((code == 124 || code == 137)); then
    record "$name" failed $((SECONDS - start)) "took longer than $limit s" "$text"
  elif ((code == 77)); then  # what ctest takes for "skipped"
    record "$name" missing $((SECONDS - start)) "$(tail -n 1 "$folder/$name.log" | cut -c1-160)" "$text"
  elif ((code == 127)) && grep -q 'error while loading shared libraries' "$folder/$name.log"; then
    record "$name" missing $((SECONDS - start)) "$(tail -n 1 "$folder/$name.log" | cut -c1-160)" "$text"
  elif ((code == 2)) && grep -Eq 'fp32 only|take fp32' "$folder/$name.log"; then
    record "$name" missing $((SECONDS - start)) "$(tail -n 1 "$folder/$name.log" | cut -c1-160)" "$text"
  else
    record "$name" failed $((SECONDS - start)) "exit code $code: $(tail -n 1 "$folder/$name.log" | cut -c1-160)" "$text"
  fi
}

# verdict NAME TRUE|FALSE DETAIL: for a comparison that a script makes.
verdict() {
  local state=failed
  [[ $2 != true ]] || state=ok
  record "$1" "$state" 0 "$3" ''
}

last_line() { grep -v '^ *$' "$1" | grep -v '^=*$' | tail -1; }

passed() { [[ -e $folder/$1.result && $(head -1 "$folder/$1.result") == ok ]]; }

# json_value KEY FILE: a number or text in a line of our own JSON.
json_value() { grep -o "\"$1\":[^,}]*" "$2" | tail -1 | cut -d: -f2- | tr -d '"'; }

count_results() {
  local file count=0
  for file in "$out"/*/*.result; do
    [[ ! -e $file ]] || [[ $(head -1 "$file") != "$1" ]] || count=$((count + 1))
  done
  echo "$count"
}
