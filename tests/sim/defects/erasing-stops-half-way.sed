# device/keeper/ending.c: only every other sector of the journal is erased
s/^    for (uint32_t i = 0; i < f->sector_count; i++)$/    for (uint32_t i = 0; i < f->sector_count; i += 2)/
