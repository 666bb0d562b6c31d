/*
 * sample_use: the land uses of the sample city, by the codes of the cadastre.
 */
#ifndef GIS_SAMPLE_USE_H
#define GIS_SAMPLE_USE_H

enum sample_use {
	SAMPLE_ODT,	/* urban housing */
	SAMPLE_ODT_CLN, /* housing with a garden */
	SAMPLE_TMD,	/* commerce, services */
	SAMPLE_SKC,	/* production */
	SAMPLE_DGD,	/* education */
	SAMPLE_DYT,	/* health */
	SAMPLE_TSC,	/* offices of the state */
	SAMPLE_TON,	/* religious */
	SAMPLE_DKV,	/* parks */
	SAMPLE_CLN,	/* perennial crops */
	SAMPLE_HNK,	/* annual crops */
	SAMPLE_LUC,	/* paddy */
	SAMPLE_NTD,	/* cemeteries */
	SAMPLE_MNC,	/* ponds */
	SAMPLE_SON,	/* rivers, canals */
	SAMPLE_USE_COUNT,
};

#endif
