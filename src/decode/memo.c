#include "memo.h"

void memo_keep(const struct row *row, struct fields *fields)
{
    struct memo *memo = row->memo;
    size_t len = (size_t)(row->end - row->start);
    const struct value *user = &fields->v[FIELD_USER];
    bool has_user = user->type != VALUE_ABSENT && user->text.p >= row->start;
    memo->len = 0;
    if (len == 0 || len > MEMO_BYTES)
        return;
    memo->fields = LISTENER_FIELDS - !has_user; /* the user is the last of them */
    for (int i = 0; i < memo->fields; i++) {
        struct value *v = &memo->v[i];
        *v = fields->v[FIELD_STATE + i];
        v->text.p =
            v->type == VALUE_ABSENT ? NULL : (const char *)(v->text.p - row->start);
    }
    memcpy(memo->row, row->start, len);
    memo->len = (uint16_t)len;
    memo->keys = (uint8_t)row->keys;
    memo->listener = (struct listener){.id = row->listener};
    fields->listener = &memo->listener;
}
