#include "cadence/beside.h"

void beside_start(struct beside *beside, bool is_worth_it, beside_fn fn, void *context)
{
    beside->runs = is_worth_it && pthread_create(&beside->thread, NULL, fn, context) == 0;
    if (!beside->runs)
        fn(context);
}

void beside_join(struct beside *beside)
{
    if (beside->runs)
        pthread_join(beside->thread, NULL);
    beside->runs = false;
}
