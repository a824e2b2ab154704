# SPDX-License-Identifier: Apache-2.0
# file: wire/enrol_parse.c
# target: wire/enrol_fuzz.c
# M1 of another version is read as if it were ours.
s/ \|\| take_u8\(&r\) != VERSION\)/ || take_u8(\&r) == 0)/
