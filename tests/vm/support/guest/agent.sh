#!/bin/bash
# Takes commands from the host over a virtio port and answers each when it has ended. Never waits
# itself: every command has its own process group and its own waiter, so that one in D state blocks nothing.
#   X <id> <command>   run; the command has \0ooo for what is not plain ASCII
#   K <id> <signal>    signal the command's process group
#   O <id>             answer now with what the command has printed so far
#   P                  power off
# Answer: R <id> <code|running> <stdout bytes> <stderr bytes>\n<stdout><stderr>
jobs_dir=/run/vm-agent
mkdir -p "$jobs_dir"
mkfifo "$jobs_dir/turn"
exec 3<>"$1" 4<>"$jobs_dir/turn"
echo >&4 # one token: who has read it may answer

reply() { # id code; the copies keep the sizes true while a command goes on printing
  local out=$jobs_dir/$1.out err=$jobs_dir/$1.err now= sizes
  if [ "$2" = running ]; then
    now=$jobs_dir/$1.$BASHPID
    cp "$out" "$now.out"
    cp "$err" "$now.err"
    out=$now.out err=$now.err
  fi
  read -r -u 4
  sizes=(0 0)
  [ -s "$out" ] || [ -s "$err" ] && sizes=($(stat -c %s "$out" "$err"))
  printf 'R %s %s %s %s\n' "$1" "$2" "${sizes[@]}" >&3
  # What was announced, whatever is there by now: when its last byte is out the host may ask again.
  # Not cat: it would splice, and the port sends spliced pages after the file has changed.
  [ "${sizes[0]}" != 0 ] && dd bs=32k if="$out" >&3 2>/dev/null
  [ "${sizes[1]}" != 0 ] && dd bs=32k if="$err" >&3 2>/dev/null
  echo >&4
  [ -n "$now" ] && rm -f "$out" "$err"
}

run() { # id command
  # A process group of its own, and SIGINT not ignored. A subshell, because starting bash takes 50 ms
  # under TCG: $$ is the agent's pid in there, $BASHPID the command's.
  set -m
  (set +m; eval "$2") >"$jobs_dir/$1.out" 2>"$jobs_dir/$1.err" </dev/null 3<&- 4<&- &
  echo $! >"$jobs_dir/$1.pid"
  wait $!
  local code=$?
  reply "$1" $code
  : >"$jobs_dir/$1.out" >"$jobs_dir/$1.err" # frees the memory without another process
}

printf 'R ready 0 0 0\n' >&3
while read -r verb id rest <&3; do
  case $verb in
    X) printf -v command %b "$rest" && run "$id" "$command" & ;;
    K) kill "-$rest" -- "-$(<"$jobs_dir/$id.pid")" 2>/dev/null ;;
    O) reply "$id" running & ;;
    P) poweroff -f ;;
  esac
done
