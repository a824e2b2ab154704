# SPDX-License-Identifier: Apache-2.0
# file: wire/attest_parse.c
# target: wire/attest_fuzz.c
# A field of an enrolment with a TPM may be empty.
s/f->bad \|\| len == 0 \|\| len > most/f->bad || len > most/
