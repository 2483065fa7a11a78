package facts

import "regexp"

// systemError finds the numbers that an operating system has for its own errors, as
// programs print them: "[Errno 32] Broken pipe", "ConnectionResetError(104, 'Connection
// reset by peer')", "(32, 'EPIPE')". A network that was never reached said none of it.
var systemError = regexp.MustCompile(`\b[Ee]rrno\W{1,3}\d{1,3}\b` +
	`|\b\d{1,3}\b[\])'",:\s]{0,5}(?:E[A-Z]{3,}\b|(?i:connection (?:reset|refused|timed out|aborted)|broken pipe` +
	`|network is (?:down|unreachable)|no route to host|operation timed out|no such file or directory))`)

// withoutSystemErrors takes these numbers, and the words behind them, out of text.
func withoutSystemErrors(text string) string {
	if !systemError.MatchString(text) {
		return text
	}
	return systemError.ReplaceAllLiteralString(text, "")
}
