/*
 * api_words: words of the server's addresses (parameters) that a layer is called by, too. Code that
 * means the layer asks for its role (city.ts); this is the one place that says these words.
 */

export const PARCEL = "parcel";
export const STREET = "street";
export const ADDRESS = "address";
