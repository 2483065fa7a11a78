// Package facts reads an error body: which format it has, and where its status,
// code, subcode, type and message stand.
//
// The files, by what they read:
//
//	facts.go                       Facts and Read, which tries the readers in turn
//	layout.go layoutspec.go        where a network's JSON bodies hold their facts
//	find.go inside.go              the shapes of a layout, looked for in decoded documents
//	structure.go fragment.go       JSON and dumps inside of text: where they begin and end
//	decode.go build.go value.go    JSON to a Value
//	dump*.go                       dumps of Python, PHP, Ruby and Node to a Value
//	unescape.go                    escapes inside of strings
//	markup.go                      HTML and XML
//	prose.go textpattern.go        codes and status in plain text
//	pairs.go pairvalue.go          name and value pairs, "code: 190, subcode: 460"
//	message.go systemerror.go oauthwords.go   which text is the message
package facts
