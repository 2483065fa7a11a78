package domain

import "golang.org/x/crypto/bcrypt"

// CheckPassword refuses as Invalid what has less than 8 bytes, which could be
// guessed, or more than 72, which bcrypt would cut.
func CheckPassword(password string) error {
	if n := len(password); n < 8 || n > 72 {
		return Errorf(Invalid, "the password has %d bytes; 8 to 72 are needed", n)
	}
	return nil
}

// HashPassword returns what is kept of a password, after CheckPassword.
func HashPassword(password string) (string, error) {
	if err := CheckPassword(password); err != nil {
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
