/*
 * Calls that are compile errors in this project, each with the one to use instead.
 * Included by error.h, so that every file has it; foreign headers come before it.
 */
#ifndef BASE_BANNED_H
#define BASE_BANNED_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#undef strcpy
#undef strcat
#undef strncpy
#undef strncat
#undef sprintf
#undef vsprintf
#undef strtok

#pragma GCC poison strcpy strcat strncpy strncat /* strbuf */
#pragma GCC poison sprintf vsprintf              /* strbuf, snprintf */
#pragma GCC poison strtok                        /* text_next */
#pragma GCC poison atoi atol atoll atof          /* number_parse_* */
#pragma GCC poison gets gmtime localtime ctime   /* clock_* */
#pragma GCC poison rand srand                    /* the generator handed in */

#endif
