/*
 * qr: a QR code (ISO/IEC 18004) of an address, level M (libqrencode).
 *
 * ASCII only: readers guess the encoding of other bytes, and guess wrong.
 */
#ifndef TILES_QR_H
#define TILES_QR_H

#include <stdbool.h>

#include "base/error.h"

enum { QR_SIDE_MAX = 57 /* version 10: 213 bytes */, QR_QUIET = 4 /* modules left white around */ };

struct qr {
	int side; /* modules */
	unsigned char dark[QR_SIDE_MAX * QR_SIDE_MAX]; /* row by row: 1 dark */
};

/* ERR_INVALID for a text that is not ASCII; ERR_TOO_LARGE for one that is too long. */
int qr_make(const char *text, struct qr *ret_qr, struct error *err);

#endif
