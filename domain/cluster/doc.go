// Package cluster groups error messages that say the same, as log template mining
// does. A scanner replaces the variable parts of a message by masks, without any
// state, and gives its shape: "page 12 is gone" has the shape "page <num> is gone".
// A Grouper then merges shapes that differ only in words that turn out to be
// variable: "user ann left" and "user bob left" become "user <*> left".
//
// The files:
//
//	shape.go              Shape: facts and masked message of an error; its hash
//	hash.go               hashes that are the same on every machine
//
//	scan.go               Scanner: text to template and spans
//	scan_mask.go          Mask: the kinds of masks
//	scan_chars.go         classes of bytes
//	scan_word.go          what begins with a letter
//	scan_wordparts.go     words that hold digits: node-155, attempt_144_0020
//	scan_number.go        what begins with a digit
//	scan_unit.go          units after numbers: durations and sizes
//	scan_time.go          dates and times of day
//	scan_address.go       URLs, paths, hosts, IP and e-mail addresses
//	scan_quote.go         quoted names
//	vocabulary.go         stop words, state words, words before names and codes
//
//	template.go           operations on templates: sum, merge, text
//	template_token.go     a template's tokens and wildcards
//	template_common.go    what several templates share
//	template_similar.go   which templates are similar
//
//	grouper.go            Grouper: shapes to groups
//	grouper_leaf.go       Leaf: the shapes that may share a group
//	grouper_node.go       union-find trees of templates
//	grouper_evidence.go   evidence that a position is variable
//	grouper_weights.go    the weight of a word as evidence, and the threshold
//
//	values.go             the values behind the masks of a message
//	values_count.go       how often each value occurs
//	split.go              fixed values: errors of one value get a shape of their own
//	split_shaper.go       Shaper: shapes of errors, with splits applied
//
//	sample_diverse.go     the texts that differ most
//	sample_phrase.go      phrases that all texts share
package cluster
