/*
 * api_words: words of the API (parameters, members) that a layer is called by, too. Code that
 * means the layer asks for its role (data/layer_roles.h); this is the one place that says these words.
 */
#ifndef SERVER_API_WORDS_H
#define SERVER_API_WORDS_H

#define WORD_STREET "street"
#define WORD_PARCEL "parcel"
#define WORD_ADDRESS "address"

#endif
