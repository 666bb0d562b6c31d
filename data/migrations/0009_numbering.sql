-- House numbers.

-- Who has which number, for ever: one row for each number that an address has or had, and each one inside a range. A
-- number goes back only where a reservation lapsed. number_key: street|prefix|number|suffix|flat.
CREATE TABLE address_claim (
	number_key TEXT {c} NOT NULL PRIMARY KEY,
	address_id BIGINT NOT NULL,
	street_id BIGINT NOT NULL,
	number BIGINT NOT NULL
);
CREATE INDEX address_claim_street ON address_claim (street_id, number);
CREATE INDEX address_claim_address ON address_claim (address_id);

-- Numbering schemes (phương án đánh số) of a street or alley: draft, submitted, approved, rejected, replaced.
CREATE TABLE numbering_scheme (
	id {key},
	street_id BIGINT NOT NULL,
	state TEXT NOT NULL,
	version BIGINT NOT NULL,
	document TEXT,
	note TEXT,
	valid_from TEXT,
	valid_to TEXT,
	made_by TEXT NOT NULL,
	made_at BIGINT NOT NULL,
	submitted_by TEXT,
	submitted_at BIGINT,
	decided_by TEXT,
	decided_at BIGINT,
	reason TEXT
);
CREATE INDEX numbering_scheme_street ON numbering_scheme (street_id);

-- Its parameters, each with what it follows: a rule of the table of rules, or the author's own choice (NULL).
CREATE TABLE numbering_parameter (
	scheme_id BIGINT NOT NULL,
	name TEXT NOT NULL,
	value TEXT NOT NULL,
	rule_id TEXT,
	document TEXT,
	valid_from TEXT,
	valid_to TEXT,
	PRIMARY KEY (scheme_id, name)
);

-- What it gives to whom, in the order of the street. address_id: the address that it changes or made.
CREATE TABLE numbering_item (
	scheme_id BIGINT NOT NULL,
	place BIGINT NOT NULL,
	act TEXT NOT NULL,
	parcel_id BIGINT,
	parcel_version BIGINT,
	address_id BIGINT,
	address_version BIGINT,
	side BIGINT NOT NULL,
	chainage_m DOUBLE PRECISION NOT NULL,
	east DOUBLE PRECISION NOT NULL,
	north DOUBLE PRECISION NOT NULL,
	number BIGINT,
	suffix TEXT,
	number_to BIGINT,
	doubt TEXT,
	PRIMARY KEY (scheme_id, place)
);
CREATE INDEX numbering_item_parcel ON numbering_item (parcel_id);
