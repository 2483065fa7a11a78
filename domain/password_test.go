package domain

import (
	"strings"
	"testing"

	"golang.org/x/crypto/bcrypt"
)

func TestPasswords(t *testing.T) {
	t.Parallel()
	hash, err := HashPassword("correct horse")
	if err != nil {
		t.Fatal(err)
	}
	if !PasswordMatches(hash, "correct horse") || PasswordMatches(hash, "correct house") || PasswordMatches("", "") {
		t.Error("the wrong password matches, or the right one does not")
	}
	for _, bad := range []string{"", "seven77", strings.Repeat("x", 73)} {
		if _, err := HashPassword(bad); KindOf(err) != Invalid {
			t.Errorf("%d bytes: %v", len(bad), err)
		}
	}
}

func TestHashOfNobodyTakesAsLong(t *testing.T) {
	t.Parallel()
	cost, err := bcrypt.Cost([]byte(nobody))
	if err != nil || cost != bcrypt.DefaultCost {
		t.Errorf("cost %d, %v", cost, err)
	}
}
