#include "json.h"

enum report_format report_format_of(const char *name)
{
    static const char *const names[] = {
        [REPORT_JSON] = "json", [REPORT_CSV] = "csv", [REPORT_TEXT] = "text"};
    for (enum report_format f = REPORT_JSON; f <= REPORT_TEXT; f++)
        if (strcmp(name, names[f]) == 0)
            return f;
    return REPORT_NONE;
}

static int write_json(FILE *out, const cJSON *tree, bool one_line)
{
    char *text = one_line ? cJSON_PrintUnformatted(tree) : cJSON_Print(tree);
    if (!text)
        return -1;
    fputs(text, out);
    fputc('\n', out);
    cJSON_free(text);
    return ferror(out) ? -1 : 0;
}

int report_write(FILE *out, enum report_format format, bool one_line,
                 const struct snapshot *s)
{
    int rc = 0;
    if (format == REPORT_TEXT) {
        rc = report_text(out, s);
    } else {
        cJSON *tree = report_tree(s);
        rc = format == REPORT_CSV ? report_csv(out, tree)
                                  : write_json(out, tree, one_line);
        cJSON_Delete(tree);
    }
    return fflush(out) != 0 ? -1 : rc;
}
