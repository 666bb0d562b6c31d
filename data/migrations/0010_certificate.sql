-- House-number certificates (giấy chứng nhận số nhà): papers as they were issued.

-- state: valid, replaced, revoked. data: what the paper says, as JSON with sorted keys, without personal data.
CREATE TABLE certificate (
	id {key},
	series TEXT NOT NULL,
	year BIGINT NOT NULL,
	number BIGINT NOT NULL,
	paper_number TEXT NOT NULL,
	code TEXT {c} NOT NULL,
	address_id BIGINT NOT NULL,
	address_version BIGINT NOT NULL,
	parcel_id BIGINT,
	parcel_version BIGINT,
	holder_id BIGINT,
	holder_sha256 TEXT,
	signer TEXT NOT NULL,
	state TEXT NOT NULL,
	replaced_by BIGINT,
	reason TEXT,
	issued_at BIGINT NOT NULL,
	issued_by TEXT NOT NULL,
	ended_at BIGINT,
	ended_by TEXT,
	data TEXT NOT NULL,
	data_sha256 TEXT NOT NULL,
	file_sha256 TEXT NOT NULL
);
CREATE UNIQUE INDEX certificate_code ON certificate (code);
CREATE UNIQUE INDEX certificate_paper ON certificate (series, year, number);
CREATE INDEX certificate_address ON certificate (address_id);
-- Of one address one paper holds at a time.
CREATE UNIQUE INDEX certificate_valid ON certificate (address_id) WHERE state = 'valid';

-- The file with signatures: each begins with the bytes of the one before.
CREATE TABLE certificate_revision (
	certificate_id BIGINT NOT NULL,
	ordinal BIGINT NOT NULL,
	file_sha256 TEXT NOT NULL,
	signer TEXT NOT NULL,
	issuer TEXT NOT NULL,
	signed_at BIGINT,
	trusted BIGINT NOT NULL,
	added_at BIGINT NOT NULL,
	added_by TEXT NOT NULL,
	PRIMARY KEY (certificate_id, ordinal)
);
