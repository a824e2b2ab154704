# SPDX-License-Identifier: Apache-2.0
# file: wire/cbor.c
# target: wire/batch_fuzz.c
# The reader no longer asks for the shortest form of a head.
s/v < least \|\| //
