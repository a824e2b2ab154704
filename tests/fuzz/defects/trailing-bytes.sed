# SPDX-License-Identifier: Apache-2.0
# file: wire/cbor.c
# target: wire/answer_fuzz.c
# Bytes after the message are let through.
s/return !c->bad && reader_done\(&c->r\);/return !c->bad \&\& !c->r.short_of;/
