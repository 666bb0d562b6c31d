/*
 * qr: the square code that a telephone reads from paper (ISO/IEC 18004), by libqrencode.
 *
 * Error correction level M: a seventh of the code may be dirty. The same text gives the same code.
 * Who draws it leaves QR_QUIET modules of light around it.
 */
#ifndef TILES_QR_H
#define TILES_QR_H

#include <stdbool.h>

#include "base/error.h"

enum {
	QR_TEXT_MAX = 250, /* characters; a link with its code has about 60 */
	QR_SIZE_MAX = 61,  /* modules on a side: version 11, where that text fits */
	QR_QUIET = 4,	   /* modules, clause 5.3.8 */
};

struct qr {
	int size; /* modules on a side */
	bool dark[QR_SIZE_MAX][QR_SIZE_MAX]; /* [row][column], from the upper left */
};

/* Errors: the text is empty, too long, or not printable ASCII. */
int qr_encode(const char *ascii, struct qr *ret, struct error *err);

#endif
