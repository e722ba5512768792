#!/bin/busybox sh
# First process of a guest kernel: puts a writable overlay over the host's root and starts the agent in it.
export PATH=/bin
/bin/busybox --install -s /bin
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
while read -r module; do insmod "$module"; done </modules.order

share() { # <tag> <mount point> <options>
  mount -t 9p -o "trans=virtio,version=9p2000.L,msize=512000,$3" "$1" "$2" || exec poweroff -f
}
mkdir -p /host /upper /root.new
# The host's files are taken not to change under a running guest.
share host /host cache=loose,ro
mount -t tmpfs -o size=75% tmpfs /upper
mkdir -p /upper/files /upper/work
mount -t overlay -o lowerdir=/host,upperdir=/upper/files,workdir=/upper/work overlay /root.new || exec poweroff -f

cd /root.new
for tree in proc sys dev; do mount --move /$tree $tree; done
mkdir -p dev/pts dev/shm
mount -t devpts devpts dev/pts
mount -t tmpfs tmpfs dev/shm
mount -t tmpfs -o mode=755 tmpfs run
# Nothing of the host's own run time is true in here, its locks and sockets included.
mkdir -p run/guest run/lock run/netns
share shared run/guest cache=none
cp /start.sh run/start.sh
if grep -q guest.init=systemd proc/cmdline; then
  # The host's own services, mounts and devices are none of the guest's: of what is enabled there nothing is started.
  for folder in usr/lib etc; do
    rm -rf "$folder"/systemd/system-generators
    find "$folder/systemd/system" \( -name '*.wants' -o -name '*.requires' \) -exec rm -rf {} +
  done
  mkdir -p run/systemd/system/multi-user.target.wants
  cp /agent.service run/systemd/system/guest-agent.service
  ln -s ../guest-agent.service run/systemd/system/multi-user.target.wants/guest-agent.service
  exec switch_root /root.new /lib/systemd/systemd --unit=multi-user.target
fi
exec switch_root /root.new /bin/sh /run/start.sh
