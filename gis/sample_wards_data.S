	.section .rodata
	.balign 16
	.global sample_wards_data, sample_wards_data_end
sample_wards_data:
	.incbin "thu-dau-mot-wards-2009.geojson"
sample_wards_data_end:
	.byte 0
	.balign 16
	.global sample_reform_data, sample_reform_data_end
sample_reform_data:
	.incbin "thu-dau-mot-wards-2025.geojson"
sample_reform_data_end:
	.byte 0
	.section .note.GNU-stack,"",%progbits
