// Package scrub finds secrets in what networks and services send, and removes them
// before anything is stored, logged or shown. Bytes and Text remove; a Hasher puts a
// keyed hash in place of an id that is or holds a secret, so that it still joins.
//
// A secret is known in three ways: by the name in front of it in any notation
// (names.yaml, in several languages), by how it is built (rules.yaml, and
// gitleaks.yaml, which is gitleaks' work under its licence), or by its place, such
// as the code in the query of a redirect. Text is read as it stands, then with one
// level of escapes undone after the other.
//
//	scrub.go      Bytes and Text: the levels, and the marks
//	view.go       a text with its escapes undone, and where each byte came from
//	automaton.go  all words that are looked for, in one pass
//	finder.go     what is done where a word was found
//	dictionary.go the names of secrets, folded to one spelling
//	name.go       reading a name: the words before and behind the one found
//	site.go       what may stand between a name and its value
//	quote.go      strings in quotation marks
//	value.go      where a value ends
//	phrase.go     pass phrases of several words, and sentences that look like them
//	fits.go       whether a value can be the secret that its name says
//	random.go     what looks like a token, and what like a code or a word
//	pairs.go      a name and a value as members of one object
//	members.go    objects and lists of secrets under a name
//	block.go      blocks of lines in YAML
//	columns.go    tables whose first line holds the names
//	places.go     secrets known by their place
//	token.go      secrets known by their form alone
//	keyblock.go   private keys: PEM and JSON Web Keys
//	rules.go      rules of gitleaks and our own
//	id.go         keyed hashes of ids
package scrub
