/* The files of tiles/fonts/, found by the assembler's include path. */
	.macro embed symbol, file
	.section .rodata
	.balign 16
	.global \symbol
	.type \symbol, %object
\symbol:
	.incbin "\file"
.L\symbol\()_end:
	.size \symbol, .L\symbol\()_end - \symbol
	.balign 8
	.global \symbol\()_size
	.type \symbol\()_size, %object
\symbol\()_size:
	.quad .L\symbol\()_end - \symbol
	.size \symbol\()_size, 8
	.endm

	embed font_regular, "NotoSans-Regular-vi.ttf"
	embed font_bold, "NotoSans-Bold-vi.ttf"

	.section .note.GNU-stack,"",%progbits
