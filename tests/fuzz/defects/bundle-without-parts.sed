# SPDX-License-Identifier: Apache-2.0
# file: core/update/bundle_parse.c
# target: core/update/bundle_fuzz.c
# The signature may be the whole bundle, with no parts before it.
s/cms >= before/cms > before/
