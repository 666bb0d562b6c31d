#include "data/password.h"

#include "base/messages.h"
#include "base/text.h"

enum {
	NFC_MAX_BYTES = 3 * PASSWORD_MAX_BYTES, /* Unicode UAX #15: NFC grows UTF-8 at most so */
	FOLDED_MAX_BYTES = 3 * NFC_MAX_BYTES,
	LOGIN_SEEN_BYTES = 4, /* a shorter login stands in many a good password by chance */
};

static const char *const common_passwords[] = {
#include "data/common_passwords.h"
};

/* The hash of something that nobody knows any more, with the parameters of today. */
const struct password_hash password_nobodys = {
	"$argon2id$v=19$m=19456,t=2,p=1$qnNzx0fc8GJOdPKSuXRYGA$"
	"rLBXWbJzTutZpJ9L+S5Km203zDQVN870iPoBa9+VvIE"};

/* A buffer that held a password. */
static void forget(struct strbuf *text)
{
	if (text->capacity)
		secret_wipe(text->data, text->capacity);
	strbuf_clear(text);
}

/* Appends the password in NFC. */
static int normalise(struct strbuf *out, const char *password, size_t len, struct error *err)
{
	if (len > PASSWORD_MAX_BYTES)
		return fail_password_long(err, PASSWORD_MAX_BYTES);
	/* Room for all at once: a buffer that grows leaves copies behind. */
	strbuf_reserve(out, NFC_MAX_BYTES);
	if (!text_nfc(out, password, len))
		return fail_password_text(err);
	return strbuf_check(out, err);
}

static size_t count_characters(const struct strbuf *text)
{
	size_t count = 0;

	for (size_t i = 0; i < text->len; i++)
		count += ((unsigned char)text->data[i] & 0xC0) != 0x80;
	return count;
}

static int compare_text(const void *key, const void *row)
{
	return strcmp(key, *(const char *const *)row);
}

static bool is_common(const char *folded)
{
	return bsearch(folded, common_passwords, sizeof common_passwords / sizeof *common_passwords,
		sizeof *common_passwords, compare_text);
}

static int check_normal(const char *login, const struct strbuf *password, struct error *err)
{
	autofree(forget) struct strbuf folded = STRBUF(FOLDED_MAX_BYTES);
	int rc;

	if (count_characters(password) < PASSWORD_MIN_CHARACTERS)
		return fail_password_short(err, PASSWORD_MIN_CHARACTERS);
	strbuf_reserve(&folded, FOLDED_MAX_BYTES);
	text_fold(&folded, password->data, password->len);
	rc = strbuf_check(&folded, err);
	if (rc)
		return rc;
	if (is_common(folded.data))
		return fail_password_common(err);
	if (login && strlen(login) >= LOGIN_SEEN_BYTES && strstr(folded.data, login))
		return fail_password_login(err);
	return 0;
}

int password_check(const char *login, const char *password, size_t len, struct error *err)
{
	autofree(forget) struct strbuf text = STRBUF(NFC_MAX_BYTES);
	int rc = normalise(&text, password, len, err);

	return rc ? rc : check_normal(login, &text, err);
}

int password_make(const char *login, const char *password, size_t len,
	struct password_hash *ret_hash, struct error *err)
{
	autofree(forget) struct strbuf text = STRBUF(NFC_MAX_BYTES);
	int rc = normalise(&text, password, len, err);

	if (!rc)
		rc = check_normal(login, &text, err);
	return rc ? rc : password_hash_make(text.data, text.len, ret_hash, err);
}

int password_remake(
	const char *password, size_t len, struct password_hash *ret_hash, struct error *err)
{
	autofree(forget) struct strbuf text = STRBUF(NFC_MAX_BYTES);
	int rc = normalise(&text, password, len, err);

	return rc ? rc : password_hash_make(text.data, text.len, ret_hash, err);
}

int password_try(const struct password_hash *hash, const char *password, size_t len,
	bool *ret_matches, struct error *err)
{
	autofree(forget) struct strbuf text = STRBUF(NFC_MAX_BYTES);
	bool real = hash && hash->text[0], matches = false;
	int rc = normalise(&text, password, len, err);

	if (rc && rc != ERR_INVALID)
		return rc;
	if (rc) {
		error_clear(err);
		strbuf_reset(&text);
		real = false;
	}
	rc = password_hash_verify(
		real ? hash : &password_nobodys, text.data, text.len, &matches, err);
	if (rc)
		return rc;
	*ret_matches = matches && real;
	return 0;
}
