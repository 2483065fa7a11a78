package domain

import (
	_ "embed" // the list of common passwords
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/crypto/bcrypt"
	"golang.org/x/text/unicode/norm"
)

const (
	minPassword = 8  // characters
	maxPassword = 72 // bytes; bcrypt reads no more
)

// PasswordRule says on forms what CheckPassword asks for.
const PasswordRule = "8 characters or more, at most 72 bytes; no common password, and not the user’s name"

// commonPasswords are the ones that are tried first, one a line, in lower case;
// see commonpasswords.LICENSE.
//
//go:embed commonpasswords.txt
var commonPasswords string

// CheckPassword refuses as Invalid, at the field "password", what could be
// guessed: too short a password, a common one, one that repeats or counts, or
// one that is little more than the user's name. It refuses what bcrypt would
// cut, too.
func CheckPassword(name, password string) error {
	n, lower := utf8.RuneCountInString(password), strings.ToLower(norm.NFKC.String(password)) // full-width letters are no disguise
	switch {
	case n < minPassword:
		return weak("has %d of the at least %d characters that are needed", n, minPassword)
	case len(password) > maxPassword:
		return weak("has %d bytes; at most %d can be kept. Letters other than a to z take two bytes or more", len(password), maxPassword)
	case isCommon(lower):
		return weak("is one of those that are guessed first. Choose another, such as four words that have nothing to do with each other")
	case isSeries(password):
		return weak("only repeats or counts. Choose one that can't be guessed from its beginning")
	case utf8.RuneCountInString(withoutName(lower, name)) < minPassword:
		return weak("is little more than the name. It needs %d characters besides that", minPassword)
	}
	return nil
}

func weak(format string, args ...any) error {
	return InvalidField("password", "The password "+format+".", args...)
}

// isCommon reports whether a password stands in the list, as it is or without
// the digits and signs that people put behind a word: "password2026!".
func isCommon(lower string) bool {
	word := strings.TrimRightFunc(lower, func(r rune) bool { return !unicode.IsLetter(r) })
	return isListed(lower) || word != "" && isListed(word) || isListed(leet.Replace(lower))
}

func isListed(text string) bool {
	return !strings.Contains(text, "\n") && strings.Contains("\n"+commonPasswords, "\n"+text+"\n")
}

// leet undoes the usual disguise of letters.
var leet = strings.NewReplacer("0", "o", "1", "l", "3", "e", "4", "a", "5", "s", "7", "t", "@", "a", "$", "s", "!", "i")

// isSeries reports whether each character follows from those before it: by the
// same step as always ("aaaaaaaa", "87654321") or by a part that is repeated
// ("abcabcabc").
func isSeries(password string) bool {
	text := []rune(strings.ToLower(password))
	steps := true
	for i := 2; i < len(text); i++ {
		steps = steps && text[i]-text[i-1] == text[1]-text[0]
	}
	return steps || repeats(text)
}

// repeats reports whether text is one part of up to 4 characters again and again.
func repeats(text []rune) bool {
	for part := 1; part <= 4; part++ {
		same := true
		for i := part; i < len(text); i++ {
			same = same && text[i] == text[i-part]
		}
		if same {
			return true
		}
	}
	return false
}

// withoutName is a password without the user's name and that of this service. A
// name of one or two letters is in every other password and tells nothing.
func withoutName(lower, name string) string {
	if name = strings.ToLower(strings.TrimSpace(name)); utf8.RuneCountInString(name) > 2 {
		lower = strings.ReplaceAll(lower, name, "")
	}
	return strings.ReplaceAll(lower, "wherefore", "")
}

// HashPassword returns what is kept of a user's password, after CheckPassword.
func HashPassword(name, password string) (string, error) {
	if err := CheckPassword(name, password); err != nil {
		return "", err
	}
	hash, err := bcrypt.GenerateFromPassword([]byte(password), bcrypt.DefaultCost)
	return string(hash), err
}

// nobody is the hash that a password is held against when there is no user,
// so that the time it takes does not tell whether there is one.
const nobody = "$2a$10$7EqJtq98hPqEX7fNZaFWoOhi4kS8mFZ3kJrSx5xBq8mM1b1pXb3zS"

// PasswordMatches reports whether hash is that of password. An empty hash
// matches nothing, and takes as long to say so.
func PasswordMatches(hash, password string) bool {
	if hash == "" {
		_ = bcrypt.CompareHashAndPassword([]byte(nobody), []byte(password))
		return false
	}
	return bcrypt.CompareHashAndPassword([]byte(hash), []byte(password)) == nil
}
