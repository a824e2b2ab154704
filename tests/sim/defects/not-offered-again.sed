# core/outbox/outbox_answer.c: another store changes nothing
s/other && ring < JOURNAL_CLASSES/false \&\& other \&\& ring < JOURNAL_CLASSES/
