package catalog

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"testing"
	"testing/fstest"

	"wherefore/domain"
)

var raise = flag.Bool("raise", false, "raise the version of the catalogue if it has changed")

// TestVersionIsRaised fails when the networks, reasons or parsers are others
// than those that the version file was written for: databases would not take
// them over.
func TestVersionIsRaised(t *testing.T) {
	c, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	next, changed := raised(versionFile, c.digest())
	if !changed {
		return
	}
	if !*raise {
		t.Fatalf("the networks, reasons or parsers changed: raise the catalogue version with make generate, and commit domain/catalog/VERSION")
	}
	if err := os.WriteFile("VERSION", []byte(next), 0o644); err != nil {
		t.Fatal(err)
	}
}

// raised is the version file of a catalogue with a digest, and whether it is
// another than the file that there is.
func raised(file, digest string) (string, bool) {
	number, versions := 0, committedVersions(file)
	for _, v := range versions {
		number = max(number, v.Number)
	}
	if len(versions) == 1 && versions[0].Digest == digest {
		return file, false
	}
	return fmt.Sprintf("%d %s\n", number+1, digest), true
}

func TestRaisedVersionIsHigherThanBothSides(t *testing.T) {
	const mine, theirs, both = "0123456789abcdef", "fedcba9876543210", "00112233445566ff"
	conflict := "<<<<<<< main\n8 " + theirs + "\n=======\n8 " + mine + "\n>>>>>>> mine\n"
	for name, c := range map[string]struct {
		file, digest, want string
		changed            bool
	}{
		"unchanged":             {"7 " + mine + "\n", mine, "7 " + mine + "\n", false},
		"changed":               {"7 " + mine + "\n", theirs, "8 " + theirs + "\n", true},
		"none yet":              {"", mine, "1 " + mine + "\n", true},
		"merge of two":          {conflict, both, "9 " + both + "\n", true},
		"merge that equals one": {conflict, mine, "9 " + mine + "\n", true},
	} {
		if got, changed := raised(c.file, c.digest); got != c.want || changed != c.changed {
			t.Errorf("%s: %q, %t, want %q", name, got, changed, c.want)
		}
	}
}

// What a database is given changes the digest; words and samples don't.
func TestDigestChangesWithWhatADatabaseIsGiven(t *testing.T) {
	t.Parallel()
	of := func(change func(*NetworkEntry)) string {
		c, err := LoadFrom(fstest.MapFS{"networks/mastodon.yaml": &fstest.MapFile{Data: mastodonFile(t)}})
		if err != nil {
			t.Fatal(err)
		}
		change(c.networks[domain.Mastodon])
		return c.digest()
	}
	same := of(func(*NetworkEntry) {})
	for name, change := range map[string]func(*NetworkEntry){
		"condition":  func(e *NetworkEntry) { e.Parsers[0].Condition += " || true" },
		"reason":     func(e *NetworkEntry) { e.Parsers[0].Reason = "mastodon.not-ready" },
		"order":      func(e *NetworkEntry) { slices.Reverse(e.Parsers) },
		"no parser":  func(e *NetworkEntry) { e.Parsers = e.Parsers[1:] },
		"new reason": func(e *NetworkEntry) { e.Reasons = append(e.Reasons, ReasonEntry{ID: "mastodon.not-ready"}) },
	} {
		if of(change) == same {
			t.Errorf("%s: the digest stays", name)
		}
	}
	if of(func(e *NetworkEntry) { e.Account, e.Parsers[0].Match, e.Parsers[0].Origin.Line = "Another", nil, 1 }) != same {
		t.Error("what no database is given changes the digest")
	}
}

func mastodonFile(t *testing.T) []byte {
	t.Helper()
	data, err := files.ReadFile("networks/mastodon.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return data
}
