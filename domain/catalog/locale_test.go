package catalog

import (
	"slices"
	"strings"
	"testing"
)

func TestLocaleIsTheBestThatThereIs(t *testing.T) {
	t.Parallel()
	for asked, want := range map[string]string{
		"en": "en", "fr": "fr", "FR": "fr", "pt_BR": "pt", "pt-BR": "pt", "de_AT": "de", "de-CH-1996": "de", "es-419": "es",
		"ja-JP": "ja", "en_US": "en", "zh": "en", "xx": "en", "nl": "en",
		"fr-CH, fr;q=0.9, en;q=0.8, de;q=0.7, *;q=0.5": "fr",
		"nl, de;q=0.5":          "de",
		"en;q=0.2, ja;q=0.9":    "ja",
		"xx, pt_BR;q=0.3":       "pt",
		"de-AT,de;q=0.9,en;q=0": "de",
	} {
		if got, ok := Locale(asked); got != want || !ok {
			t.Errorf("%q is %s, %v; want %s", asked, got, ok, want)
		}
	}
	for _, wrong := range []string{"", " ", "<b>", "fr fr", "!", "\x00", "fr;q=often", strings.Repeat("fr,", 400)} {
		if got, ok := Locale(wrong); ok || got != English {
			t.Errorf("%q is %s, %v", wrong, got, ok)
		}
	}
}

// FuzzLocale looks for texts that make it fail or answer what there is not.
func FuzzLocale(f *testing.F) {
	for _, seed := range []string{"fr-CH, fr;q=0.9, *;q=0.5", "pt_BR", "xx", ";", ",,", "a-DE-u-co-phonebk"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, asked string) {
		if got, _ := Locale(asked); !slices.Contains(Locales(), got) {
			t.Errorf("%q is %q", asked, got)
		}
	})
}
