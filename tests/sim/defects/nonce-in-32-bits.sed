# core/outbox/outbox_nonce.c: milliseconds in 32 bits
s/now_ms - n->drawn_ms/(uint64_t)(uint32_t)now_ms - n->drawn_ms/
