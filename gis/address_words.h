/*
 * address_words: names of columns and members of exchange formats that a layer is called by, too: the
 * one place of gis/ that says these words. Code that means the layer asks for its role
 * (data/layer_roles.h).
 */
#ifndef GIS_ADDRESS_WORDS_H
#define GIS_ADDRESS_WORDS_H

#define ADDRESS_WORD_STREET "street"
#define ADDRESS_WORD_PARCEL "parcel"

#endif
