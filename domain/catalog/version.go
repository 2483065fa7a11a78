package catalog

import (
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"fmt"
	"regexp"
	"strconv"

	"wherefore/domain"
)

// versionFile holds the version's number and its digest. "make generate" raises
// it when the networks, reasons or parsers have changed.
//
//go:embed VERSION
var versionFile string

// versionLine is what the file consists of. A merge of two changes leaves several.
var versionLine = regexp.MustCompile(`(?m)^(\d+) ([0-9a-f]{16})$`)

// committedVersions reads the lines of a version file.
func committedVersions(file string) []domain.CatalogVersion {
	var versions []domain.CatalogVersion
	for _, m := range versionLine.FindAllStringSubmatch(file, -1) {
		if n, err := strconv.Atoi(m[1]); err == nil {
			versions = append(versions, domain.CatalogVersion{Number: n, Digest: m[2]})
		}
	}
	return versions
}

// Version is the version of the networks, reasons and parsers. Its digest is
// that of what they are, whatever the file says.
func (c *Catalog) Version() domain.CatalogVersion {
	v := domain.CatalogVersion{Digest: c.digest()}
	for _, committed := range committedVersions(versionFile) {
		v.Number = max(v.Number, committed.Number)
	}
	return v
}

// digest tells whether a database would be given the same networks, reasons and
// parsers. Words and samples are not among what it is given.
func (c *Catalog) digest() string {
	sum := sha256.New()
	for _, entry := range c.Networks() {
		fmt.Fprintf(sum, "network %q\n", entry.Network)
		for _, r := range entry.Reasons {
			info, _ := r.ID.Cause().Info()
			fmt.Fprintf(sum, "reason %q %q\n", r.ID, info.Category)
		}
		for _, c := range entry.Codes {
			fmt.Fprintf(sum, "codes %q %q\n", c.Codes, c.Causes)
		}
		for _, p := range entry.Parsers {
			fmt.Fprintf(sum, "parser %q %q %q %q\n", p.Name, p.Reason, p.Condition, p.Func)
		}
	}
	return hex.EncodeToString(sum.Sum(nil)[:8])
}
