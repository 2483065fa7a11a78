// Package catalog holds what Wherefore knows about networks as data: where
// their facts stand, which reasons they report, the parsers that find those
// reasons, and the words that tell a customer about them.
//
// It compiles no condition: package parse does. It answers for everything else
// in its files, and each error of Load names file, line and entry.
//
// # Files
//
//	catalog.go                    Catalog and Load, which reads the files once
//	entry.go                      what a network's file says, as Go
//	network.go layout.go sample.go   reading of networks/*.yaml
//	wordsfile.go                  reading of words/*.yaml
//	node.go                       YAML with the place of each problem
//	words.go                      the words of a reason in a language
//	answer.go                     the words for a profile's present state
//	locale.go                     the best language there is for those asked for
//	version.go                    the version of the built-in parsers, from VERSION
//
// # networks/<network>.yaml
//
// One file per network: its name, the word for a profile there, links, the
// layout of its facts, its reasons and its ordered parsers with samples.
//
//	network: mastodon
//	name: Mastodon
//	account: account                  # what a profile is called there, in English
//	docs: https://…                   # the network's documentation of its errors
//	reconnect: https://…              # where a customer manages app access; {link} in words
//	facts:
//	  json:                           # shapes, the first that yields a code, type or message wins
//	    - {code: error.code, message: [error.message, message]}
//	  text:                           # RE2 with named groups code, subcode, type, message
//	    - '^\(#(?P<code>\d+)\) (?P<message>.*)'
//	  ignore: [ok]                    # codes and types that say nothing; read as absent
//	reasons:
//	  - cause: token-invalid
//	    docs: https://…
//	    note: for developers
//	    # optional: side, reconnect, clears, link, and words: {en: {steps: […]}, …}
//	codes:                            # optional: codes that mean one of several causes, told apart by words
//	  - {code: [invalid_params], causes: [invalid-content, bad-request]}
//	parsers:                          # ordered, the first match wins
//	  - name: access-token-invalid
//	    cause: token-invalid
//	    when: message.contains("access token is invalid")   # or func: the name of a Go function
//	    docs: https://…
//	    match: [{status: 401, error: {error: The access token is invalid}}]
//	    reject: [{status: 401, error: {error: The access token expired}}]
//
// A parser that goes by words alone does not apply to a code whose causes are known
// and are others: see parse.Guarded. What a code can mean is the cause of each
// parser that names the code, and what codes adds.
//
// A sample's error that is a string is raw text; anything else becomes compact
// JSON with the file's order of keys and the file's spelling of numbers.
//
// # words/<locale>.yaml
//
// One file per locale. English is what the others fall back to.
//
//	locale: fr
//	accounts:                         # optional: what a profile is called, per network
//	  youtube: chaîne
//	unparsed: {title: …, …}           # for errors that no parser explains, as below
//	ago: {day: [il y a 1 jour, "il y a {n} jours"], …}
//	over: {title: …, …}               # for a failed call that is over; {past} and {ago} are filled in, too
//	needless: {title: …, …}           # for a profile that is disconnected although the cause does not do that
//	worked: {title: …, …}             # for one whose access worked after it was disconnected
//	lost: {title: …, …}               # for one that is disconnected by an error that no parser explains
//	causes:
//	  token-expired:
//	    title: La connexion a expiré  # one line, no full stop
//	    message: …                    # what happened, in the customer's words
//	    past: …                       # what happened, in one sentence, when it is over; {past} above
//	    steps: [Ouvrez {link}, …]     # what to do, in order; [] when there is nothing to do
//	    link: "{link}"                # optional: the page that the steps begin at; without it the reason's link
//	    prevent: …                    # how to keep it from coming back
//	    support_say: …                # what support may say
//	    support_avoid: …              # what support must not say
//
// Placeholders: {network} is the network's name, {account} its word for a
// profile, {link} the reason's link or else the network's reconnect link.
// A reason's own words in a network file replace single fields of these.
package catalog
