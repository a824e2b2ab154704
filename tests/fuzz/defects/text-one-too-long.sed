# SPDX-License-Identifier: Apache-2.0
# file: wire/message_parse.c
# target: wire/answer_fuzz.c
# A text is copied before its length is judged: memory beyond its place is written.
s/if \(s\.len >= cap \|\| /if (s.len >= 4096 || /
