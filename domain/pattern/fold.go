package pattern

import "strings"

// The two characters beyond ASCII that regular expressions without regard to
// case hold equal to ASCII letters, k and s.
const (
	kelvin = "\u212a"
	longS  = "\u017f"
)

var foldSpecial = strings.NewReplacer(kelvin, "k", longS, "s")

// Fold maps what may match without regard to case onto one text.
func Fold(s string) string {
	folded := []byte(FoldSpecial(s))
	for i, c := range folded {
		folded[i] = lower[c]
	}
	return string(folded)
}

// FoldSpecial maps onto ASCII what is no ASCII and may match it. What is left of Fold
// is Lower of each byte.
func FoldSpecial(s string) string {
	if strings.Contains(s, kelvin) || strings.Contains(s, longS) {
		return foldSpecial.Replace(s)
	}
	return s
}

// Lower maps an ASCII letter to lower case and every other byte to itself.
func Lower(c byte) byte { return lower[c] }

var lower = func() (table [256]byte) {
	for i := range table {
		table[i] = byte(i)
		if 'A' <= i && i <= 'Z' {
			table[i] += 'a' - 'A'
		}
	}
	return table
}()
