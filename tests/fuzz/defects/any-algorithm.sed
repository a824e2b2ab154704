# SPDX-License-Identifier: Apache-2.0
# file: wire/envelope_parse.c
# target: wire/envelope_fuzz.c
# The message chooses its algorithm.
s/cbor_take_uint\(&c\) != AES_256_GCM/cbor_take_uint(\&c) > 24/
