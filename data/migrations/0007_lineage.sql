-- Holds the place of the lineage of units, which another change brings.
UPDATE setting SET value = value WHERE key = '';
