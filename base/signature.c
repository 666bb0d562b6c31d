#include <openssl/cms.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>

#include "base/signature.h"

#include "base/messages.h"

AUTOPTR(CMS_ContentInfo, CMS_ContentInfo_free);
AUTOPTR(BIO, BIO_free_all);
AUTOPTR(X509_STORE, X509_STORE_free);
AUTOPTR(ASN1_TIME, ASN1_TIME_free);

/* The common name of an entity, else all of its name. */
static void copy_name(X509_NAME *name, char ret[SIGNATURE_NAME_MAX])
{
	int at = X509_NAME_get_index_by_NID(name, NID_commonName, -1);
	ASN1_STRING *value =
		at < 0 ? NULL : X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at));
	unsigned char *utf8 = NULL;
	int len = value ? ASN1_STRING_to_UTF8(&utf8, value) : -1;

	ret[0] = '\0';
	if (len > 0 && text_is_utf8((const char *)utf8, (size_t)len)) {
		size_t cut = (size_t)len < SIGNATURE_NAME_MAX
			? (size_t)len
			: text_cut((const char *)utf8, SIGNATURE_NAME_MAX - 1);

		memcpy(ret, utf8, cut);
		ret[cut] = '\0';
	} else {
		X509_NAME_oneline(name, ret, SIGNATURE_NAME_MAX);
	}
	OPENSSL_free(utf8);
}

static int64_t read_time(CMS_SignerInfo *signer)
{
	int at = CMS_signed_get_attr_by_NID(signer, NID_pkcs9_signingTime, -1);
	X509_ATTRIBUTE *attribute = at < 0 ? NULL : CMS_signed_get_attr(signer, at);
	ASN1_TYPE *type = attribute ? X509_ATTRIBUTE_get0_type(attribute, 0) : NULL;
	autoptr(ASN1_TIME_free) ASN1_TIME *epoch = ASN1_TIME_set(NULL, 0);
	int days, seconds;

	if (!type || !epoch || (type->type != V_ASN1_UTCTIME && type->type != V_ASN1_GENERALIZEDTIME))
		return 0;
	if (!ASN1_TIME_diff(&days, &seconds, epoch, type->value.asn1_string))
		return 0;
	return ((int64_t)days * 86400 + seconds) * 1000000;
}

/* Whether the certificate of the signer leads to one of the file. */
static bool is_trusted(CMS_ContentInfo *cms, X509 *certificate, const char *trust_path)
{
	autoptr(X509_STORE_free) X509_STORE *trust = trust_path ? X509_STORE_new() : NULL;
	X509_STORE_CTX *checking = trust ? X509_STORE_CTX_new() : NULL;
	STACK_OF(X509) *others = CMS_get1_certs(cms);
	bool trusted = checking && X509_STORE_load_file(trust, trust_path) == 1 &&
		X509_STORE_CTX_init(checking, trust, certificate, others) == 1 &&
		X509_STORE_CTX_set_purpose(checking, X509_PURPOSE_ANY) == 1 &&
		X509_verify_cert(checking) == 1;

	X509_STORE_CTX_free(checking);
	sk_X509_pop_free(others, X509_free);
	return trusted;
}

static int read_signer(
	CMS_ContentInfo *cms, const char *trust_path, struct signature *ret, struct error *err)
{
	STACK_OF(CMS_SignerInfo) *signers = CMS_get0_SignerInfos(cms);
	CMS_SignerInfo *signer = sk_CMS_SignerInfo_value(signers, 0);
	X509 *certificate = NULL;

	CMS_SignerInfo_get0_algs(signer, NULL, &certificate, NULL, NULL);
	if (!certificate)
		return fail_signature_form(err);
	copy_name(X509_get_subject_name(certificate), ret->signer);
	copy_name(X509_get_issuer_name(certificate), ret->issuer);
	ret->signed_at_us = read_time(signer);
	ret->trusted = is_trusted(cms, certificate, trust_path);
	return 0;
}

/*
 * What was signed, in one. Through a filter: of bytes in memory CMS_verify makes a reader of its own,
 * which it loses when the signature cannot be begun with (OpenSSL 3.0).
 */
static BIO *join(const struct slice *pieces, size_t count)
{
	BIO *bytes = BIO_new(BIO_s_mem()), *all = bytes ? BIO_new(BIO_f_null()) : NULL;
	bool failed = !all;

	for (size_t i = 0; !failed && i < count; i++)
		failed = BIO_write(bytes, pieces[i].at, (int)pieces[i].len) != (int)pieces[i].len;
	if (!failed) {
		BIO_set_mem_eof_return(bytes, 0); /* its end is an end, not a wait */
		return BIO_push(all, bytes);
	}
	BIO_free(all);
	BIO_free(bytes);
	return NULL;
}

int signature_verify(struct slice der, const struct slice *pieces, size_t count,
	const char *trust_path, struct signature *ret, struct error *err)
{
	const unsigned char *at = (const unsigned char *)der.at;
	autoptr(CMS_ContentInfo_free) CMS_ContentInfo *cms =
		der.len <= SIGNATURE_DER_MAX ? d2i_CMS_ContentInfo(NULL, &at, (long)der.len) : NULL;
	autoptr(BIO_free_all) BIO *content = cms ? join(pieces, count) : NULL;
	struct signature signature = {0};
	int rc = 0;

	/* What OpenSSL has to say of it is in its own words, for nobody. */
	if (!cms || OBJ_obj2nid(CMS_get0_type(cms)) != NID_pkcs7_signed ||
		sk_CMS_SignerInfo_num(CMS_get0_SignerInfos(cms)) != 1)
		rc = fail_signature_form(err);
	else if (!content)
		rc = fail_no_memory(err);
	else if (CMS_verify(cms, NULL, NULL, content, NULL,
			 CMS_BINARY | CMS_NO_SIGNER_CERT_VERIFY) != 1)
		rc = fail_signature_broken(err);
	else
		rc = read_signer(cms, trust_path, &signature, err);
	ERR_clear_error();
	if (!rc)
		*ret = signature;
	return rc;
}
