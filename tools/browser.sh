#!/bin/sh
# What the tests look at pages and paper with: the distribution's Chromium and pdftotext, if they may be installed here.
command -v chromium >/dev/null && command -v pdftotext >/dev/null && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  { apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium poppler-utils; } >/dev/null 2>&1 && exit 0
fi
echo "Tests of pages or paper are skipped here. On Debian: apt-get install chromium poppler-utils"
