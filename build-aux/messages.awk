# Makes the C side of the catalogue of messages.
#
#   awk -v what=ids  -f messages.awk messages.txt    enum message_id, and a function a message
#   awk -v what=rows -f messages.awk messages.txt    the rows of the table in messages.c
#   awk -v what=man  -f messages.awk messages.txt    the body of dothi-errors(7)
#
# The form of messages.txt is said at its head.

function fail(why) { printf "messages.txt:%d: %s\n", NR, why > "/dev/stderr"; failed = 1; exit 1 }
function quote(text) { gsub(/\\/, "\\\\", text); gsub(/"/, "\\\"", text); return "\"" text "\"" }
function check_braces(text,    rest, name) {
	rest = text
	while (match(rest, /\{[a-z_0-9]+\}/)) {
		name = substr(rest, RSTART + 1, RLENGTH - 2)
		if (!((count, name) in arg_of)) fail("no argument {" name "}")
		rest = substr(rest, RSTART + RLENGTH)
	}
}
BEGIN {
	split("usage invalid not_found conflict denied too_large busy unavailable cannot_create io " \
		"config nomem internal cancelled text", list, " ")
	for (i in list) kinds[list[i]] = 1
	ctype["text"] = "const char *"; ctype["int"] = ctype["id"] = ctype["bytes"] = "int64_t "
	ctype["real"] = "double "
	field["text"] = "text"; field["int"] = field["id"] = field["bytes"] = "integer"
	field["real"] = "real"
	count = -1
}
/^#/ || /^[ \t]*$/ { next }
/^[A-Z]/ {
	count++
	code[count] = $1; name[count] = $2; kind[count] = $3; args[count] = 0
	if (!($3 in kinds)) fail("unknown kind " $3)
	if (($1) in seen_code || ($2) in seen_name) fail($1 " or " $2 " stands twice")
	seen_code[$1] = seen_name[$2] = 1
	for (i = 4; i <= NF; i++) {
		split($i, pair, ":")
		if (!(pair[2] in ctype)) fail("unknown type in " $i)
		arg_name[count, args[count]] = pair[1]; arg_type[count, args[count]] = pair[2]
		arg_of[count, pair[1]] = 1
		args[count]++
	}
	if (args[count] > 6) fail("more than six arguments")
	next
}
/^(vi|en|vi\+|en\+) / {
	text = $0; sub(/^[^ ]+ /, "", text)
	if ((count, $1) in line) fail("a second " $1)
	check_braces(text)
	line[count, $1] = text
	next
}
{ fail("not understood: " $0) }
END {
	if (failed) exit 1
	for (m = 0; m <= count; m++) {
		if (!((m, "vi") in line) || !((m, "en") in line)) {
			printf "messages.txt: %s lacks a language\n", code[m] > "/dev/stderr"; exit 1
		}
		if (((m, "vi+") in line) != ((m, "en+") in line)) {
			printf "messages.txt: %s says what to do in one language only\n", code[m] > "/dev/stderr"
			exit 1
		}
	}
	if (what == "ids") ids(); else if (what == "rows") rows(); else man()
}
function ids(    m, a, list, values) {
	print "/* Made from base/messages.txt; do not edit. */"
	print "#ifndef BASE_MESSAGES_TABLE_H\n#define BASE_MESSAGES_TABLE_H\n"
	print "enum message_id {"
	for (m = 0; m <= count; m++) printf "\tMSG_%s,\n", toupper(name[m])
	print "\tMESSAGE_COUNT\n};\n"
	for (m = 0; m <= count; m++) {
		list = values = ""
		for (a = 0; a < args[m]; a++) {
			list = list ", " ctype[arg_type[m, a]] arg_name[m, a]
			values = values (a ? ", " : "") "{." field[arg_type[m, a]] " = " arg_name[m, a] "}"
		}
		if (args[m] == 0) values = "{0}"
		printf "/* %s: %s */\n", code[m], line[m, "en"]
		if (kind[m] == "text")
			printf "static inline void say_%s(struct strbuf *out, enum lang lang%s)\n{\n" \
				"\tmessage_print(out, lang, MSG_%s, (const union message_arg[]){%s});\n}\n\n",
				name[m], list, toupper(name[m]), values
		else
			printf "static inline int fail_%s(struct error *err%s)\n{\n" \
				"\treturn error_set(err, MSG_%s, (const union message_arg[]){%s});\n}\n\n",
				name[m], list, toupper(name[m]), values
	}
	print "#endif"
}
function rows(    m, a) {
	for (m = 0; m <= count; m++) {
		printf "\t{%s, %s,\n\t\t{%s,\n\t\t%s},\n", quote(code[m]),
			kind[m] == "text" ? "0" : "ERR_" toupper(kind[m]), quote(line[m, "vi"]), quote(line[m, "en"])
		printf "\t\t{%s,\n\t\t%s},\n\t\t%d, {", quote(line[m, "vi+"]), quote(line[m, "en+"]), args[m]
		for (a = 0; a < args[m]; a++)
			printf "{\"%s\", MESSAGE_%s}, ", arg_name[m, a], toupper(arg_type[m, a])
		print args[m] ? "}}," : "{0}}},"
	}
}
function roff(text) { gsub(/\\/, "\\e", text); gsub(/-/, "\\-", text); sub(/^[.']/, "\\\\\\&&", text); return text }
function man(    m) {
	for (m = 0; m <= count; m++) {
		if (kind[m] == "text") continue
		printf ".TP\n.B %s\n%s\n", roff(code[m]), roff(line[m, "vi"])
		if ((m, "vi+") in line) printf "%s\n", roff(line[m, "vi+"])
		printf ".br\n.I %s\n", roff(line[m, "en"])
		if ((m, "en+") in line) printf ".I %s\n", roff(line[m, "en+"])
	}
}
