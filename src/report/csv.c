/* The report as one tidy table: figure, row, field, value. A row is counted from 1 within
 * its figure; nested rows are 3.1. Quoted as RFC 4180 has it. */
#include "json.h"

struct csv {
    FILE *out;
    const char *figure;
};

static void put_cell(FILE *out, const char *text)
{
    if (!strpbrk(text, ",\"\r\n")) {
        fputs(text, out);
        return;
    }
    fputc('"', out);
    for (; *text; text++) {
        if (*text == '"')
            fputc('"', out);
        fputc(*text, out);
    }
    fputc('"', out);
}

static void put_value(const struct csv *csv, const char *row, const char *field,
                      const cJSON *item)
{
    put_cell(csv->out, csv->figure);
    fprintf(csv->out, ",%s,", row);
    put_cell(csv->out, field);
    fputc(',', csv->out);
    if (cJSON_IsString(item))
        put_cell(csv->out, item->valuestring);
    else if (cJSON_IsNumber(item))
        fprintf(csv->out, "%.15g", item->valuedouble);
    fputc('\n', csv->out);
}

/* Recursion is as deep as the report: figure, row, nested row. What has no name of its
 * own, as the weeks of the filter, has that of its list. */
static void put_item(const struct csv *csv, const char *row, const char *field,
                     const cJSON *item)
{
    const cJSON *child;
    int n = 0;
    field = item->string ? item->string : field;
    if (!cJSON_IsObject(item) && !cJSON_IsArray(item)) {
        put_value(csv, row, field, item);
        return;
    }
    for (child = item->child; child; child = child->next) {
        char inner[32];
        snprintf(inner, sizeof inner, "%s", row);
        if (cJSON_IsArray(item))
            snprintf(inner, sizeof inner, "%s%s%d", row, *row ? "." : "", ++n);
        put_item(csv, inner, field, child);
    }
}

int report_csv(FILE *out, const cJSON *tree)
{
    const cJSON *figure;
    fputs("figure,row,field,value\n", out);
    for (figure = tree->child; figure; figure = figure->next) {
        const char *name = figure->string ? figure->string : "";
        put_item(&(struct csv){out, name}, "", name, figure);
    }
    return ferror(out) ? -1 : 0;
}
