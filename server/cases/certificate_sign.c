/* The files of certificates, and signatures that come from outside. */
#include "base/file.h"
#include "base/messages.h"
#include "base/signature.h"
#include "data/blob.h"
#include "server/cases/certificate.h"
#include "tiles/pdf_revision.h"

enum { PATH_MAX_BYTES = 4096 };

static int take_piece(void *context, const void *bytes, size_t len, struct error *err)
{
	struct strbuf *out = context;

	strbuf_add(out, bytes, len);
	return strbuf_check(out, err);
}

struct newest {
	char sha256[65];
};

static int take_newest(
	void *context, const struct certificate_revision *revision, struct error *err)
{
	struct newest *newest = context;

	(void)err;
	snprintf(newest->sha256, sizeof newest->sha256, "%s", revision->file_sha256);
	return 0;
}

static int find_newest(struct store *store, const struct certificate *certificate,
	struct newest *ret, struct error *err)
{
	snprintf(ret->sha256, sizeof ret->sha256, "%s", certificate->file_sha256);
	return certificate_revisions(store, certificate->id, take_newest, ret, err);
}

int certificate_file(struct store *store, const struct certificate *certificate, bool as_issued,
	struct strbuf *out, struct error *err)
{
	struct newest newest;
	int rc = find_newest(store, certificate, &newest, err);

	return rc ? rc
		  : blob_read(store, as_issued ? certificate->file_sha256 : newest.sha256,
			    take_piece, out, err);
}

/* A writer_work: the file and what is known of its signature. */
struct sign_work {
	struct certificate_signing *signing;
	struct newest newest;
};

static int add_revision(struct store *store, void *context, struct error *err)
{
	struct sign_work *work = context;
	struct certificate_signing *signing = work->signing;
	struct digest_text sha256;
	int rc = blob_put(store, "application/pdf", signing->file.at, signing->file.len,
		signing->at_us, &sha256, err);

	if (rc)
		return rc;
	signing->revision.file_sha256 = sha256.text;
	return certificate_revision_add(store, &signing->revision, work->newest.sha256, err);
}

static int verify(const struct certificate_tools *tools, struct certificate_signing *signing,
	struct slice before, struct error *err)
{
	autofree(strbuf_clear) struct strbuf trust = STRBUF(PATH_MAX_BYTES);
	struct pdf_signature found = {.der = STRBUF(PDF_SIGNATURE_BYTES * 2)};
	struct signature signature;
	int rc = pdf_find_signature(signing->file, before, &found, err);

	file_join(&trust, tools->folder, "signers.pem");
	if (!rc)
		rc = signature_verify((struct slice){found.der.data, found.der.len}, found.covered, 2,
			file_exists(trust.data) ? trust.data : NULL, &signature, err);
	strbuf_clear(&found.der);
	if (rc)
		return rc;
	signing->revision = (struct certificate_revision){
		.certificate_id = signing->certificate_id,
		.signer = arena_text(tools->arena, signature.signer, strlen(signature.signer)),
		.issuer = arena_text(tools->arena, signature.issuer, strlen(signature.issuer)),
		.signed_at_us = signature.signed_at_us,
		.trusted = signature.trusted,
		.added_at_us = signing->at_us,
		.added_by = signing->actor,
	};
	return signing->revision.signer && signing->revision.issuer ? 0 : fail_no_memory(err);
}

int certificate_sign(const struct certificate_tools *tools, struct certificate_signing *signing,
	struct error *err)
{
	autofree(strbuf_clear) struct strbuf before = STRBUF(PDF_SIGNED_MAX);
	struct sign_work work = {.signing = signing};
	struct certificate certificate;
	int rc = certificate_read(
		tools->store, signing->certificate_id, tools->arena, &certificate, err);

	if (!rc && certificate.state != CERTIFICATE_VALID)
		rc = fail_certificate_ended(err, certificate.paper_number);
	if (!rc)
		rc = find_newest(tools->store, &certificate, &work.newest, err);
	if (!rc)
		rc = blob_read(tools->store, work.newest.sha256, take_piece, &before, err);
	if (!rc)
		rc = verify(tools, signing, (struct slice){before.data, before.len}, err);
	if (rc)
		return rc;
	rc = tools->write(tools->writer, add_revision, &work, err);
	signing->revision.file_sha256 = NULL; /* it was the work's */
	return rc;
}
