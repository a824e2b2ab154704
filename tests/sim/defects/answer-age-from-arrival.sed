# core/outbox/outbox_answer.c: an answer that was kept back is as good as new
s/o->answered_ms = f->nonce.drawn_ms;/o->answered_ms = outbox_now(o);/
