-- People, their accounts, and who looked at what. Times are UTC microseconds; digests are SHA-256.

-- Names, identity numbers and contacts stand here and nowhere else, and no index holds a copy of
-- them: what is erased must be gone. hash is of the salt and the values, and outlives them.
CREATE TABLE person (
	id {key},
	name TEXT,
	id_number TEXT,
	contact TEXT,
	salt {bytes},
	hash {bytes} NOT NULL,
	created_at BIGINT NOT NULL,
	erased_at BIGINT
);

-- What a restored backup must erase again. wiped_at: when the bytes left the files too.
CREATE TABLE person_erasure (
	person_id {key},
	hash {bytes} NOT NULL,
	erased_at BIGINT NOT NULL,
	actor TEXT NOT NULL,
	reason TEXT NOT NULL,
	wiped_at BIGINT
);

-- Accounts are closed, never deleted: the log refers to them.
CREATE TABLE account (
	id {key},
	login TEXT NOT NULL UNIQUE,
	role TEXT NOT NULL,
	state TEXT NOT NULL,
	password_hash TEXT,
	password_set_at BIGINT,
	person_id BIGINT,
	created_at BIGINT NOT NULL
);
-- The visitors who did not log in.
INSERT INTO account (id, login, role, state, created_at)
	VALUES (1, 'public', 'public', 'active', 0);

-- Rows narrow what the role allows; no row leaves all of it. NULL stands for all.
CREATE TABLE account_scope (
	account_id BIGINT NOT NULL REFERENCES account (id),
	place INTEGER NOT NULL,
	layer TEXT,
	unit_id BIGINT,
	field TEXT,
	may_write INTEGER NOT NULL,
	PRIMARY KEY (account_id, place)
);

-- Failed log-ins by the digest of the login that was typed, whether there is such an account or
-- not: so both are slowed down alike.
CREATE TABLE login_failure (
	login_digest {bytes} NOT NULL PRIMARY KEY,
	failed_count BIGINT NOT NULL,
	failed_at BIGINT NOT NULL
);

CREATE TABLE one_time_link (
	token_digest {bytes} NOT NULL PRIMARY KEY,
	account_id BIGINT NOT NULL REFERENCES account (id),
	purpose TEXT NOT NULL,
	created_at BIGINT NOT NULL,
	expires_at BIGINT NOT NULL,
	used_at BIGINT
);
CREATE INDEX one_time_link_account ON one_time_link (account_id);

CREATE TABLE session (
	id_digest {bytes} NOT NULL PRIMARY KEY,
	account_id BIGINT NOT NULL REFERENCES account (id),
	created_at BIGINT NOT NULL,
	last_seen_at BIGINT NOT NULL
);
CREATE INDEX session_account ON session (account_id);

-- Tokens are revoked, never deleted: their ids are in what people keep. layers: ids with blanks
-- between them; NULL all that the account may see.
CREATE TABLE api_token (
	id {key},
	account_id BIGINT NOT NULL REFERENCES account (id),
	name TEXT NOT NULL,
	secret_digest {bytes} NOT NULL,
	may_write INTEGER NOT NULL,
	layers TEXT,
	created_at BIGINT NOT NULL,
	expires_at BIGINT,
	last_used_at BIGINT,
	revoked_at BIGINT
);
CREATE INDEX api_token_account ON api_token (account_id);

-- Reads of personal data: of a person, or of a record that shows one.
CREATE TABLE access_log (
	id {key},
	at BIGINT NOT NULL,
	account_id BIGINT NOT NULL,
	person_id BIGINT,
	layer TEXT,
	record_id BIGINT,
	purpose TEXT NOT NULL
);
CREATE INDEX access_log_person ON access_log (person_id, id);
