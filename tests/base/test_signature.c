#include "tests/test.h"

#include <openssl/cms.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/messages.h"
#include "base/signature.h"

/* A key with a certificate of its own making, and what it has signed. */
struct signer {
	EVP_PKEY *key;
	X509 *certificate;
	char pem[64];
	unsigned char *der;
	size_t der_len;
};

static const char content[] = "Số nhà 15/3/7A";

static void make_certificate(struct signer *signer)
{
	X509 *made = X509_new();
	X509_NAME *name = X509_get_subject_name(made);
	FILE *file;
	int fd;

	assert_true(X509_set_version(made, 2) && ASN1_INTEGER_set(X509_get_serialNumber(made), 7));
	X509_gmtime_adj(X509_getm_notBefore(made), -60);
	X509_gmtime_adj(X509_getm_notAfter(made), 86400);
	assert_true(X509_set_pubkey(made, signer->key));
	assert_true(X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8,
		(const unsigned char *)"Trần Văn Bình", -1, -1, 0));
	assert_true(X509_set_issuer_name(made, name) && X509_sign(made, signer->key, EVP_sha256()));
	signer->certificate = made;
	snprintf(signer->pem, sizeof signer->pem, "/tmp/dothi-signer-XXXXXX");
	fd = mkstemp(signer->pem);
	file = fdopen(fd, "w");
	assert_non_null(file);
	assert_true(PEM_write_X509(file, made));
	fclose(file);
}

static int make_signer(void **state)
{
	static struct signer signer;
	BIO *in = BIO_new_mem_buf(content, (int)strlen(content));
	CMS_ContentInfo *cms;
	unsigned char *der = NULL;
	int len;

	signer.key = EVP_EC_gen("P-256");
	make_certificate(&signer);
	cms = CMS_sign(signer.certificate, signer.key, NULL, in, CMS_DETACHED | CMS_BINARY);
	assert_non_null(cms);
	len = i2d_CMS_ContentInfo(cms, &der);
	assert_true(len > 0);
	signer.der = der;
	signer.der_len = (size_t)len;
	CMS_ContentInfo_free(cms);
	BIO_free(in);
	*state = &signer;
	return 0;
}

static int drop_signer(void **state)
{
	struct signer *signer = *state;

	unlink(signer->pem);
	EVP_PKEY_free(signer->key);
	X509_free(signer->certificate);
	OPENSSL_free(signer->der);
	return 0;
}

static struct slice der_of(const struct signer *signer)
{
	return (struct slice){(const char *)signer->der, signer->der_len};
}

/* In two pieces, as the bytes around a hole are. */
static int verify(struct slice der, const char *text, const char *trust, struct signature *ret,
	struct error *err)
{
	size_t half = strlen(text) / 2;
	const struct slice pieces[] = {{text, half}, {text + half, strlen(text) - half}};

	return signature_verify(der, pieces, 2, trust, ret, err);
}

static void a_signature_tells_whose_it_is(void **state)
{
	struct signer *signer = *state;
	struct signature signature;

	assert_int_equal(verify(der_of(signer), content, NULL, &signature, NULL), 0);
	assert_string_equal(signature.signer, "Trần Văn Bình");
	assert_string_equal(signature.issuer, "Trần Văn Bình");
	assert_false(signature.trusted);
	assert_true(llabs((long long)(signature.signed_at_us / 1000000 - time(NULL))) < 3600);
	assert_int_equal(verify(der_of(signer), content, signer->pem, &signature, NULL), 0);
	assert_true(signature.trusted);
	assert_int_equal(verify(der_of(signer), content, "/nowhere", &signature, NULL), 0);
	assert_false(signature.trusted);
}

static void zeros_behind_it_are_no_fault(void **state)
{
	struct signer *signer = *state;
	struct signature signature;
	char padded[8192] = {0};

	memcpy(padded, signer->der, signer->der_len);
	assert_int_equal(
		verify((struct slice){padded, sizeof padded}, content, NULL, &signature, NULL), 0);
}

static void other_bytes_are_told(void **state)
{
	struct signature signature;
	struct error err = {0};

	assert_int_equal(
		verify(der_of(*state), "Số nhà 15/3/7B", NULL, &signature, &err), ERR_INVALID);
	assert_int_equal(err.message, MSG_SIGNATURE_BROKEN);
}

static void what_is_no_signature_is_told(void **state)
{
	static const char *const texts[] = {"", "0", "\x30\x80", "\x30\x03\x02\x01\x01", "nonsense"};
	struct signature signature;
	struct error err = {0};

	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		assert_int_equal(verify((struct slice){texts[i], strlen(texts[i])}, content, NULL,
					 &signature, &err), ERR_INVALID);
		assert_int_equal(err.message, MSG_SIGNATURE_FORM);
	}
}

/* No bit of it can be another one and all be as it was said: or it says the same. */
static void damage_is_told(void **state)
{
	struct signer *signer = *state;
	unsigned char *bytes = malloc(signer->der_len);
	size_t refused = 0;

	assert_non_null(bytes);
	memcpy(bytes, signer->der, signer->der_len);
	for (size_t at = 0; at < signer->der_len; at++) {
		struct signature signature;

		bytes[at] ^= (unsigned char)(1 << at % 8);
		refused += verify((struct slice){(const char *)bytes, signer->der_len}, content, NULL,
				   &signature, NULL) < 0;
		bytes[at] = signer->der[at];
	}
	assert_true(refused > signer->der_len / 3);
	for (size_t len = 0; len < signer->der_len; len++) {
		struct signature signature;

		assert_true(verify((struct slice){(const char *)bytes, len}, content, NULL, &signature,
				    NULL) < 0);
	}
	free(bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_signature_tells_whose_it_is),
		cmocka_unit_test(zeros_behind_it_are_no_fault),
		cmocka_unit_test(other_bytes_are_told),
		cmocka_unit_test(what_is_no_signature_is_told),
		cmocka_unit_test(damage_is_told),
	};

	return cmocka_run_group_tests(tests, make_signer, drop_signer);
}
