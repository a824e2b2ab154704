# SPDX-License-Identifier: Apache-2.0
# file: device/update/release_cms.c
# target: device/update/release_cms_fuzz.c
# with: tests/support/pki.c
# links: crypto
# A certificate for something else signs bundles, as a device's does.
s/== XKU_CODE_SIGN/!= 0/
