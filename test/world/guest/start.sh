#!/bin/sh
# Runs in the guest, on the host's files: gets the machine ready, then answers the host's requests.
# A request is the name of a folder in /run/guest that holds `command` and `stdin`; the answer is its name again,
# once `stdout`, `stderr` and `code` lie there.
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 LC_ALL=C TERM=dumb
mountpoint -q /sys/fs/cgroup || mount -t cgroup2 cgroup2 /sys/fs/cgroup
hostname guest
ip link set lo up
exec 3<>/dev/ttyS1 </dev/null
stty raw -echo <&3
for module in $(sed 's/.*guest.modules=\([^ ]*\).*/\1/; s/,/ /g' /proc/cmdline); do
  modprobe "$module" || echo "no-module $module" >&3
done
echo ready >&3
while read -r request <&3; do
  (
    cd "/run/guest/$request" || exit
    sh ./command <stdin >stdout 2>stderr 3>&-
    echo $? >code
    echo "$request" >&3
  ) &
done
exec busybox poweroff -f
