# SPDX-License-Identifier: Apache-2.0
# file: device/update/release_cms.c
# target: device/update/release_cms_fuzz.c
# with: tests/support/pki.c
# links: crypto
# Whoever has made a certificate for signing code signs our bundles.
s/NULL, CMS_BINARY\) == 1/NULL, CMS_BINARY | CMS_NO_SIGNER_CERT_VERIFY) == 1/
