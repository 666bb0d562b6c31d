/*
 * pdf_revision: what is added behind a PDF file so that its bytes stay as they are (incremental update,
 * ISO 32000-1 §7.5.6), and what signatures stand there (§12.8).
 *
 * This reads files of our own making alone (pdf.h): a plain cross-reference table, one catalog. Of files
 * that come from outside only the bytes behind our own are looked at, for the one signature in them.
 */
#ifndef TILES_PDF_REVISION_H
#define TILES_PDF_REVISION_H

#include "base/error.h"
#include "base/strbuf.h"
#include "base/text.h"

enum {
	PDF_SIGNATURE_BYTES = 16 << 10,	 /* room for a signature: CMS of 1.5 KB, with chain and time stamp */
	PDF_SIGNED_MAX = 8 << 20,	 /* of a signed file: a paper has 40 KB, a picture of a stamp some hundred */
};

/* Appends that the document is in Vietnamese, and that its title is to be shown. */
int pdf_add_language(struct strbuf *file, struct error *err);

/*
 * Appends a signature field with room for a signature. The signer hashes all bytes but those from
 * '<' to '>' of /Contents (as /ByteRange says), signs that as detached CMS in DER, and writes it between
 * the two in hexadecimal digits; the rest stays zeros.
 */
int pdf_add_signature_field(struct strbuf *file, const char *name, struct error *err);

/* The last signature of a file: what it covers, and its bytes, which the caller clears. */
struct pdf_signature {
	struct slice covered[2];
	struct strbuf der;
};

/*
 * Finds it. The file must begin with `before`, all of it but the signature must be covered, nothing may
 * stand behind, and no object of the paper may be another one now but the catalog and pages, with the
 * same content. ERR_INVALID: fail_signature_other_file, fail_signature_form, fail_signature_changes.
 */
int pdf_find_signature(struct slice file, struct slice before, struct pdf_signature *ret,
	struct error *err);

#endif
