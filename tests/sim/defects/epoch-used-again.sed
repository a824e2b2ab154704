# core/outbox/outbox.c: every start draws the same numbers
s/^static enum status take_up(/static enum status same(void *b, struct room r)\n{\n    (void)b;\n    memset(r.at, 7, r.cap);\n    return OK;\n}\n\n&/
s/ports->crypto, ports->entropy,/ports->crypto, \&(struct entropy){NULL, same},/
