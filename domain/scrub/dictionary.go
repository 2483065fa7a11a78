package scrub

import (
	_ "embed"
	"strings"
	"sync"

	"go.yaml.in/yaml/v4"
	"golang.org/x/text/unicode/norm"
)

//go:embed names.yaml
var namesFile []byte

// dictionary holds the names of secrets.
type dictionary struct {
	kinds    map[string]string // by the folded name
	endings  []ending          // of names written in one word: csrfmiddlewaretoken
	triggers []string          // a word of each name, in all its spellings
}

type ending struct{ end, kind string }

// oneWordEndings are the names that others end in without a mark between the words.
var oneWordEndings = []string{
	"accesstoken", "refreshtoken", "token", "clientsecret", "secret", "password", "passwd", "passwort", "kennwort", "passphrase",
	"contrasena", "cookie", "signature", "apikey", "privatekey", "secretkey", "accesskey", "sessionid", "sessid", "authcode",
}

const harmless = "harmless"

var readNames = sync.OnceValue(func() *dictionary {
	var file map[string][]string
	if err := yaml.Unmarshal(namesFile, &file); err != nil {
		panic("names.yaml: " + err.Error()) // a test reads it
	}
	d := &dictionary{kinds: map[string]string{}}
	seen := map[string]bool{}
	for kind, names := range file {
		for _, name := range names {
			d.kinds[fold(name)] = kind
			if kind == harmless {
				continue
			}
			for _, trigger := range spellings(longestWord(name)) {
				if !seen[trigger] {
					seen[trigger] = true
					d.triggers = append(d.triggers, trigger)
				}
			}
		}
	}
	for _, name := range oneWordEndings {
		d.endings = append(d.endings, ending{name, d.kinds[name]})
	}
	d.triggers = append(d.triggers, "code")
	return d
})

// kind returns the kind of secret that a folded name stands for, or "".
func (d *dictionary) kind(folded []byte) string { return d.kinds[string(folded)] }

// endsLike returns the kind of a name in one word by its end, or "".
func (d *dictionary) endsLike(folded []byte) string {
	for _, e := range d.endings {
		if strings.HasSuffix(string(folded), e.end) {
			return e.kind
		}
	}
	return ""
}

// pluralKind returns the kind of the secrets that words name in the plural, from one
// at or before the one at hit.
func (f *finder) pluralKind(words []word, hit int) string {
	last := words[len(words)-1]
	if f.s[last.to-1]|0x20 != 's' {
		return ""
	}
	for first := max(0, len(words)-1-maxWords); first <= hit; first++ {
		switch kind := readNames().kind(f.folded(words[first].from, last.to-1)); kind {
		case "":
		case harmless:
			return ""
		default:
			return kind
		}
	}
	return ""
}

// longestWord returns the word of a name that is looked for; the last of the
// longest, since names end with what they are. Words joined in one spelling, such
// as accesstoken, contain it, too.
func longestWord(name string) string {
	longest := ""
	for word := range strings.FieldsSeq(name) {
		if len(word) >= len(longest) {
			longest = word
		}
	}
	return longest
}

// spellings returns a word composed, decomposed and without its accents, where
// these differ.
func spellings(word string) []string {
	all := []string{norm.NFC.String(word)}
	if !isASCII(word) && hasAccents(word) {
		all = append(all, norm.NFD.String(word), strings.ToUpper(all[0]), fold(word))
	}
	return all
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}

func hasAccents(s string) bool { return isASCII(fold(s)) }

// fold returns a name in small letters without accents and without what stands
// between its words.
func fold(name string) string { return string(appendFolded(nil, name)) }

// appendFolded adds the folded name to buffer.
func appendFolded(buffer []byte, name string) []byte {
	for i := 0; i < len(name); i++ {
		switch c := name[i]; {
		case isLetter(c) || isDigit(c):
			buffer = append(buffer, lower(c))
		case c == 0xC3 && i+1 < len(name): // Latin letters with accents
			i++
			if base := accented[name[i]&0x3F]; base != 0 {
				buffer = append(buffer, base)
			}
		case (c == 0xCC || c == 0xCD) && i+1 < len(name): // combining accents
			i++
		case c >= 0x80:
			buffer = append(buffer, c)
		}
	}
	return buffer
}

// accented are the base letters of U+00C0 to U+00FF.
var accented = func() (table [64]byte) {
	for i, base := range []byte("aaaaaaaceeeeiiii\x00nooooo\x00ouuuuy\x00s") {
		table[i], table[i+32] = base, base
	}
	table[63] = 'y'
	return table
}()

func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }
func isDigit(c byte) bool  { return c >= '0' && c <= '9' }
func isHex(c byte) bool    { return isDigit(c) || c|0x20 >= 'a' && c|0x20 <= 'f' }
