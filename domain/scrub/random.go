package scrub

import (
	"math"
	"strings"
)

// looksSecret reports whether s is one word of at least n bytes that reads like a
// token: letters and digits mixed as no word or code is, or letters in an order
// that no word has.
func looksSecret(s string, n int) bool {
	if len(s) < n || strings.IndexByte(s, ' ') >= 0 {
		return false
	}
	return mixed(s, n) && !likeCode(s) || looksUnusual(s)
}

// mixed reports whether s has at least n bytes, letters and digits or signs.
func mixed(s string, n int) bool {
	digits, letters := false, false
	for i := range len(s) {
		c := s[i]
		digits = digits || isDigit(c) || strings.IndexByte("!@#$%^&*+=?~", c) >= 0
		letters = letters || isLetter(c) || c >= 0x80
	}
	return len(s) >= n && digits && letters && strings.IndexByte(s, ' ') < 0
}

// looksUnusual reports whether a long word has letters only, in an order that words
// do not have.
func looksUnusual(s string) bool {
	if len(s) < 16 || likePath(s) {
		return false
	}
	pairs, odd := 0, 0
	for i := 1; i < len(s); i++ {
		a, b := s[i-1], s[i]
		if !isLetter(a) || !isLetter(b) {
			continue
		}
		pairs++
		if isUpper(b) && isLower(a) || !bigrams[lower(a)-'a'][lower(b)-'a'] {
			odd++
		}
	}
	return pairs > 8 && odd*3 > pairs
}

func likePath(s string) bool { return strings.Count(s, "/") > 2 || strings.Contains(s, "://") }

// likeCode reports whether s is built as codes of errors are: words and short
// numbers (ERR_HTTP2_STREAM_CANCEL, user_2fa_required_for_login, error463).
func likeCode(s string) bool {
	pieces := 0
	for piece := range strings.FieldsFuncSeq(s, isJoint) {
		pieces++
		if !codePiece(piece) {
			return false
		}
	}
	return pieces > 0
}

func isJoint(r rune) bool { return strings.ContainsRune("_-.:/", r) }

// codePiece reports whether s is a word that may have a short number at its end,
// or a number or sign of up to four characters.
func codePiece(s string) bool {
	if len(s) <= 4 {
		return len(s) < 4 || isPronounceable(s) || isNumber(s) || isUpperWord(s)
	}
	word := strings.TrimRight(s, "0123456789")
	if len(s)-len(word) > 4 || len(word) < 3 || len(word) > 40 {
		return false
	}
	for i := range len(word) {
		if !isLetter(word[i]) {
			return false
		}
	}
	return !isScrambled(word)
}

func isUpperWord(s string) bool {
	return s == strings.ToUpper(s) && !strings.ContainsAny(s, "0123456789")
}

// isScrambled reports whether the letters of word stand in an order or change
// their case as no word's do.
func isScrambled(word string) bool {
	odd, changes := 0, 0
	for i := 1; i < len(word); i++ {
		if isUpper(word[i]) && isLower(word[i-1]) {
			changes++
		} else if !bigrams[lower(word[i-1])-'a'][lower(word[i])-'a'] {
			odd++
		}
	}
	return (odd+max(0, changes-3))*3 > len(word)
}

// isPronounceable reports whether all pairs of letters in s occur in words.
func isPronounceable(s string) bool {
	for i := range len(s) {
		if !isLetter(s[i]) || i > 0 && !bigrams[lower(s[i-1])-'a'][lower(s[i])-'a'] {
			return false
		}
	}
	return true
}

// bigrams are the pairs of letters that are common in words of European languages.
var bigrams = func() (table [26][26]bool) {
	for _, row := range []string{
		"abcdefgiklmnprstuvwxyz", "bacehilorsuty", "caehiklorstuy", "dadegilmnorsuvwy", "eabcdefghilmnopqrstuvwxyz", "faefilorstu",
		"gaeghilmnorsuy", "haeilmnorstuy", "iabcdefgklmnopqrstuvxz", "jaeou", "kaeilnosuy", "ladefiklmopstuvy", "mabeilmnopsuy",
		"nacdefghiklnorstuvwyz", "oabcdefghiklmnoprstuvwxyz", "pacehiloprstuy", "qu", "rabcdefgiklmnoprstuvwy", "sacehiklmnopqrstuvwy",
		"tacehilmorstuvwyz", "uabcdefgiklmnoprstvxyz", "vaeiory", "wabehilnorst", "xacehipty", "yabcdeilmnoprstuvw", "zaehiortuyz",
	} {
		for i := 1; i < len(row); i++ {
			table[row[0]-'a'][row[i]-'a'] = true
		}
	}
	return table
}()

// entropy returns how many bits each byte of s tells.
func entropy(s string) float64 {
	var counts [256]int
	for i := range len(s) {
		counts[s[i]]++
	}
	bits := 0.0
	for _, n := range counts {
		if n > 0 {
			p := float64(n) / float64(len(s))
			bits -= p * math.Log2(p)
		}
	}
	return bits
}

// isUUID reports whether s is a UUID.
func isUUID(s string) bool {
	if len(s) != 36 {
		return false
	}
	for i := range len(s) {
		if dash := i == 8 || i == 13 || i == 18 || i == 23; dash != (s[i] == '-') || !dash && !isHex(s[i]) {
			return false
		}
	}
	return true
}
