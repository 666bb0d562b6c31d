/*
 * signature: is a CMS signature (RFC 5652, detached, DER) one of these bytes, and whose (OpenSSL).
 *
 * What a signature proves is that its signer had these bytes. Whether the signer is whom the name says,
 * only the certificates that a city trusts can tell: a file of them in PEM.
 */
#ifndef BASE_SIGNATURE_H
#define BASE_SIGNATURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/text.h"

enum { SIGNATURE_NAME_MAX = 200, SIGNATURE_DER_MAX = 64 << 10 };

struct signature {
	char signer[SIGNATURE_NAME_MAX]; /* common name, else the whole name; UTF-8 */
	char issuer[SIGNATURE_NAME_MAX]; /* who vouches for it */
	int64_t signed_at_us;		 /* UTC, as the signer says; 0 it does not */
	bool trusted;			 /* its certificate leads to one of the file */
};

/*
 * Verifies it over the pieces, which follow each other. The DER may have zeros behind it. trust_path: the
 * file, or NULL. Errors: ERR_INVALID (fail_signature_broken: not of these bytes; fail_signature_form: no
 * signature, or of several).
 */
int signature_verify(struct slice der, const struct slice *pieces, size_t count,
	const char *trust_path, struct signature *ret, struct error *err);

#endif
