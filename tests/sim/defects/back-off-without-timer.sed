# core/uplink/uplink.c: who waits sets no timer
s/^    u->due_ms = now_ms + 1 + asked_ms.*$/    (void)asked_ms(retry_after_s), (void)jitter_ms(u->failures, random), (void)now_ms; u->due_ms = 0;/
