/* Where the memory of a model goes; shared by the programs of the bench. */
#ifndef CADENCE_BENCH_BYTES_H
#define CADENCE_BENCH_BYTES_H

#include "cadence/model.h"

#include <stdio.h>

#define MIB 1048576.0

static inline double index_mib(const struct index *x)
{
    return x->slot ? ((double)x->mask + 1) * sizeof *x->slot / MIB : 0;
}

static inline void bytes_print(const struct model *m)
{
    double cells = 0, songs = 0, all = (double)model_bytes(m) / MIB;
    double users = (double)(m->users_cap * sizeof *m->user) / MIB +
                   (double)(m->user_states_cap * sizeof *m->user_state) / MIB +
                   index_mib(&m->user_index) + index_mib(&m->user_state_index);
    double sessions =
        (double)(m->sessions_cap * sizeof *m->session + m->spans_cap * sizeof *m->span +
                 m->minutes_cap * sizeof *m->sel.session_minutes +
                 m->more_cap * sizeof *m->more_span +
                 m->item_words_cap * sizeof *m->item_word) /
            MIB +
        index_mib(&m->session_index) + index_mib(&m->item_index) +
        index_mib(&m->span_index);
    double trends = m->trend ? (double)trend_bytes(m->trend) / MIB : 0;
    for (size_t i = 0; i < m->weeks_seen; i++) {
        const struct week *w = m->week[m->seen[i]];
        cells += (double)(w->cells_cap * sizeof *w->cell) / MIB + index_mib(&w->by_user);
        songs += ((double)w->songs.mask + 1) * sizeof *w->songs.slot / MIB;
    }
    double rest = all - trends - users - sessions - cells - songs;
    printf("%zu users, %zu sessions, %zu songs, %zu weeks: %.1f MiB\n", m->users - 1,
           m->sessions, m->songs, m->weeks_seen, all);
    printf(
        "users %.1f MiB, users' weeks %.1f, sessions %.1f, songs' weeks %.1f, names and "
        "songs %.1f, trends %.1f\n",
        users, cells, sessions, songs, rest, trends);
    printf("a user %.0f B and %.0f B for the weeks, a session %.0f B, a song %.0f B\n",
           users * MIB / (double)m->users, cells * MIB / (double)m->users,
           sessions * MIB / (double)(m->sessions + 1),
           (rest + songs) * MIB / (double)(m->songs + 1));
}

#endif
