#!/bin/sh
# Chromium for the browser tests: taken from the system, else from apt where that is allowed; without it those tests skip with a reason.
for name in chromium chromium-browser google-chrome; do
  command -v "$name" >/dev/null 2>&1 && exit 0
done
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
  echo "Installing Chromium for the browser tests …"
  { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium fonts-noto-core; } >/dev/null 2>&1 && exit 0
fi
echo "No Chromium: the browser tests will be skipped. Install it with: apt-get install chromium"
exit 1
