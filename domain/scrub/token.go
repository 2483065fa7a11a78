package scrub

import (
	"regexp"
	"strings"
)

// longToken is how many bytes a word has at least that is looked at because of its
// length only.
const longToken = 40

// tokens finds what is known by its form alone: app passwords of four groups of
// four, and the private members of a JSON Web Key that were torn out of it.
func (f *finder) tokens() {
	start := 0
	for i := 0; i <= len(f.s); i++ {
		if i < len(f.s) && isBase64URL(f.s[i]) {
			continue
		}
		switch n := i - start; {
		case n >= longToken:
			f.longToken(start, i)
		case n >= 23 && n <= 28 && f.gapAt(i, "."):
			f.discordToken(start)
		}
		if i-start == 4 {
			f.spacedGroups(start)
		} else if i-start >= 19 {
			f.groups(start, i)
		}
		start = i + 1
	}
	f.doneTo = 0
}

func isBase64URL(c byte) bool { return isLetter(c) || isDigit(c) || c == '_' || c == '-' }

// longToken removes the access tokens of X, which begin with a number, and the
// private members of a JSON Web Key.
func (f *finder) longToken(from, to int) {
	if number := strings.IndexByte(f.s[from:from+22], '-'); number > 5 && isNumber(f.s[from:from+number]) && to-from-number > 35 && strings.IndexByte(f.s[from+number+1:to], '-') < 0 && mixed(f.s[from+number:to], 1) {
		f.add("access_token", from, to)
		return
	}
	f.keyMember(from, to)
}

// discordToken removes the token of a bot that begins at from.
func (f *finder) discordToken(from int) {
	if c := f.s[from]; c != 'M' && c != 'N' && c != 'O' {
		return
	}
	if match := discordToken.FindString(f.rest(from, 120)); match != "" {
		f.add("discord-bot-token", from, from+len(match))
	}
}

var discordToken = regexp.MustCompile(`^[\w-]{23,28}\.[\w-]{6}\.[\w-]{27,}`)

// keyMember removes a token that stands behind the name of a private member of a
// JSON Web Key.
func (f *finder) keyMember(from, to int) {
	if !looksSecret(f.s[from:min(to, from+maxLook)], longToken) {
		return
	}
	if memberName.MatchString(f.s[max(0, from-300):from]) || memberBehind.MatchString(f.rest(to, 120)) {
		f.add("private_key", from, to)
	}
}

var (
	// memberName matches the name of a private member in front of its value, in any
	// notation.
	memberName = regexp.MustCompile(`(?:^|[^\w])(?i:x-)?(?:d|p|q|dp|dq|qi|k|D|P|Q|DP|DQ|QI|K)(?:["'\]\\;*]*(?:\s*(?:=>|:=|[:=,>|])\s*|\s+is\s+|\s+)(?:["']?value["']?\s*[:=]\s*)?(?:string\(\d+\)\s?|s:\d+:|[bu@])?|"\r?\n\r?\n|["';]+s:\d+:|["']\s+value=)\\*["']?$`)
	// memberBehind matches it behind the value: {"value": "…", "name": "d"}.
	memberBehind = regexp.MustCompile(`^["'][^"']{0,40}["']?(?:name|key)["']?\s*[:=]\s*["'](?:d|p|q|dp|dq|qi|k)["']`)
)

// groups removes app passwords such as Bluesky's in the word from from to to: four
// groups of four letters and digits, joined by dashes.
func (f *finder) groups(from, to int) {
	if to-from != 19 {
		return
	}
	word := f.s[from:to]
	if word[4] == '-' && word[9] == '-' && word[14] == '-' && areGroups(word) {
		f.add("password", from, to)
	}
}

// spacedGroups removes app passwords such as Google's: four groups of four letters
// with spaces between them; the first begins at from.
func (f *finder) spacedGroups(from int) {
	word := f.rest(from, 19)
	if len(word) < 19 || word[4] != word[9] || word[4] != word[14] || word[4] != ' ' && word[4] != '+' || strings.ContainsAny(word, digitBytes) {
		return
	}
	if from+19 < len(f.s) && isBase64URL(f.s[from+19]) || !areGroups(word) {
		return
	}
	f.add("password", from, from+19)
}

const digitBytes = "0123456789"

// areGroups reports whether the four groups of word are small letters and digits,
// and two of them at least are no words of a language.
func areGroups(word string) bool {
	odd := 0
	for i := 0; i < len(word); i += 5 {
		group := word[i : i+4]
		for j := range 4 {
			if !isLower(group[j]) && !isDigit(group[j]) {
				return false
			}
		}
		if !isPronounceable(group) && !isNumber(group) {
			odd++
		}
	}
	return odd > 1
}
