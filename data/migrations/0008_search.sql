-- What is searched by words (data/search_index). {c}: as bytes are ordered, in no language.

-- What records are called today, and were called before. until: of a name of before, the first day on
-- which it did not hold. place: what the record says of where it is. unit_id: where the record lies today; in_force: whether it is there today.
CREATE TABLE search_name (
	id {key},
	layer TEXT NOT NULL,
	feature_id BIGINT NOT NULL,
	field TEXT NOT NULL,
	name TEXT NOT NULL,
	place TEXT,
	until TEXT,
	unit_id BIGINT,
	in_force INTEGER NOT NULL
);
CREATE INDEX search_name_record ON search_name (layer, feature_id);

-- Which words stand in them; a word is the hash of its key.
CREATE TABLE search_token (
	word BIGINT NOT NULL,
	name BIGINT NOT NULL,
	PRIMARY KEY (word, name)
) {clustered};

-- All words that ever stood in one, and what is left of each without one letter: what is mistyped by
-- a letter has a rest in common with what was meant.
CREATE TABLE search_word (
	word TEXT {c} NOT NULL PRIMARY KEY
) {clustered};
CREATE TABLE search_rest (
	rest BIGINT NOT NULL,
	word TEXT {c} NOT NULL,
	PRIMARY KEY (rest, word)
) {clustered};
