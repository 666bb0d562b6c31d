# Makes data/migrations_rows.h of the numbered SQL files: awk -f migrations.awk 0001_core.sql ...
FNR == 1 {
	if (NR > 1) print "\t},"
	name = FILENAME; sub(/.*\//, "", name)
	printf "\t{%d, \"%s\",\n", substr(name, 1, 4) + 0, name
}
/^[ \t]*--/ || /^[ \t]*$/ { next }
{ gsub(/\\/, "\\\\"); gsub(/"/, "\\\""); printf "\t\t\"%s\\n\"\n", $0 }
END { print "\t}," }
