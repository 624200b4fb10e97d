#!/bin/sh
# Makes a checkout ready for a run: cloned once for its project, only fetched from then on.
# prep.sh ORIGIN CHECKOUT BRANCH UPLOAD_PACK
set -eu
origin=$1 checkout=$2 branch=$3 upload_pack=$4

if [ ! -d "$checkout" ]; then
  rm -rf "$checkout.part"
  git clone --quiet --no-checkout --upload-pack "$upload_pack" "$origin" "$checkout.part"
  mv "$checkout.part" "$checkout"
  echo "cloned"
else
  rm -f "$checkout/.git/index.lock" # Of a git that was killed; no other one is here.
  git -C "$checkout" fetch --quiet --upload-pack "$upload_pack" origin main
  echo "fetched"
fi
git -C "$checkout" checkout --quiet --force -B "$branch" origin/main
git -C "$checkout" clean --quiet --force -d -x
