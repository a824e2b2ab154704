# core/outbox/outbox.c: one fault of flash is told as often as it shows
/^void outbox_flash_fault(/,/^}/s/^    if (o->flash_broken)$/    if (o->flash_broken \&\& o->start_ms == UINT64_MAX)/
