# SPDX-License-Identifier: Apache-2.0
# file: device/update/release_cms.c
# target: device/update/release_cms_fuzz.c
# with: tests/support/pki.c
# links: crypto
# Bytes behind the signature are let through.
s/ && at == der\.at \+ der\.len$//
