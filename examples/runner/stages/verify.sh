#!/bin/sh
# Checks and tests what was generated, which may do nothing but compute, and pushes it.
# verify.sh CHECKOUT FEATURE BRANCH DENO [--no-check]
set -eu
checkout=$1 feature=$2 branch=$3 deno=$4
shift 4
export DENO_NO_UPDATE_CHECK=1

cd "$checkout"
"$deno" test --quiet --no-prompt --no-remote --no-npm "$@" "src/${feature}_test.ts"
git add "src/$feature.ts"
# Another attempt finds the commit of the one before.
git diff --cached --quiet || git -c user.name=Runner -c user.email=runner@localhost \
  commit --quiet --message "Implement $feature"
git push --quiet --force origin "HEAD:refs/heads/$branch"
