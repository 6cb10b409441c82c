/** The one door to YAML: failsafe, so that every scalar is text and no id or tag is ever read as a number. */
export { type Document, isAlias, isMap, isNode, isScalar, isSeq, LineCounter, parseAllDocuments, parseDocument } from 'yaml';
