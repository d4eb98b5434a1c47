/* A layer without sources yet. */
typedef int ts_empty_layer;
