#!/bin/sh
# Runs a Node script of the repository in a FreeBSD that has neither Node nor Rust yet.
#
#   sh scripts/ci/freebsd.sh <script> [arguments]
set -eu
sudo pkg install -y node24 npm-node24 rust
exec node "$@"
