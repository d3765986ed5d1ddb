#!/bin/sh
# The browser that the pages' tests look through: the distribution's Chromium, if it may be installed here.
command -v chromium >/dev/null && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  { apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium; } >/dev/null 2>&1 && exit 0
fi
echo "No Chromium here: tests of the pages are skipped. On Debian: apt-get install chromium"
