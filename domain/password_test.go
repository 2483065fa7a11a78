package domain

import (
	"strings"
	"testing"

	"golang.org/x/crypto/bcrypt"
)

func TestOnlyTheRightPasswordMatches(t *testing.T) {
	t.Parallel()
	hash, err := HashPassword("ann", "correct horse")
	if err != nil {
		t.Fatal(err)
	}
	if !PasswordMatches(hash, "correct horse") || PasswordMatches(hash, "correct house") || PasswordMatches("", "") {
		t.Error("the wrong password matches, or the right one does not")
	}
}

func TestWeakPasswordsAreRefused(t *testing.T) {
	t.Parallel()
	for password, want := range map[string]string{
		"":                        "has 0 of the at least",
		"seven77":                 "has 7 of the at least",
		"ééé":                     "has 3 of the at least",
		strings.Repeat("x y", 25): "has 75 bytes",
		strings.Repeat("Aéö", 16): "has 80 bytes",
		"password":                "guessed first",
		"ｐａｓｓｗｏｒｄ":                "guessed first",
		"Password":                "guessed first",
		"12345678":                "guessed first",
		"password2026!":           "guessed first",
		"Summer2026":              "guessed first",
		"p@$$w0rd":                "guessed first",
		"letmein123":              "guessed first",
		"zzzzzzzzzzzz":            "repeats or counts",
		"xyzxyzxyzxyz":            "repeats or counts",
		"3456789:;":               "repeats or counts",
		"zyxwvutsr":               "repeats or counts",
		"Ottoline-7":              "little more than the name",
		"ottolineottoline12":      "little more than the name",
		"wherefore!7":             "little more than the name",
		"ottoline likes rain":     "",
		"correct horse":           "",
		"a-long-local-password":   "",
		"ein-grüner-Löwe":         "",
	} {
		err := CheckPassword("Ottoline", password)
		switch {
		case want == "" && err != nil:
			t.Errorf("%q is refused: %v", password, err)
		case want != "" && (KindOf(err) != Invalid || !strings.Contains(err.Error(), "password: The password") || !strings.Contains(err.Error(), want)):
			t.Errorf("%q: %v, want %q", password, err, want)
		}
		if _, err := HashPassword("Ottoline", password); (err == nil) != (CheckPassword("Ottoline", password) == nil) {
			t.Errorf("%q can be hashed without being checked: %v", password, err)
		}
	}
	if CheckPassword("ab", "ab-ab-abacus") != nil {
		t.Error("a short name forbids its letters")
	}
}

func TestHashOfNobodyTakesAsLong(t *testing.T) {
	t.Parallel()
	cost, err := bcrypt.Cost([]byte(nobody))
	if err != nil || cost != bcrypt.DefaultCost {
		t.Errorf("cost %d, %v", cost, err)
	}
}
