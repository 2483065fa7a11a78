package demo

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"wherefore/domain"
	"wherefore/domain/catalog"
	"wherefore/store"
	"wherefore/web/datadir"
)

// unlistedShare of the shops' profiles is not in the directory: one of so many.
const unlistedShare = 9

// The relay is a source that knows the ids of profiles and nothing else of them. No
// other source reports of its profiles.
const (
	relayName     = "social-relay"
	relayProfiles = 36
	relayNew      = 8 * time.Hour // between the first events of two profiles
	relayGap      = 8 * time.Hour // on average, between two events of a profile
)

// Directory makes a directory beside a made-up history, if there is none, and returns the
// query that reads it. In a database that holds other events it makes none and returns "".
func Directory(ctx context.Context, s *store.Store, dataDir string) (string, error) {
	query, err := s.DemoDirectory(ctx)
	if err != nil || query != "" {
		return query, err
	}
	if holds, err := holdsOthers(ctx, s, dataDir); err != nil || holds {
		return "", err
	}
	c, err := catalog.Load()
	if err != nil {
		return "", err
	}
	return s.MakeDemoDirectory(ctx, newAccounts(c))
}

// holdsOthers reports whether a database holds events that are not of a history which is
// being stored.
func holdsOthers(ctx context.Context, s *store.Store, dataDir string) (bool, error) {
	found, err := s.Events(ctx, store.EventFilter{}, "", 1)
	if err != nil || len(found.Rows) == 0 {
		return false, err
	}
	_, err = datadir.Kept(dataDir, endFile)
	if errors.Is(err, fs.ErrNotExist) {
		return true, nil
	}
	return false, err
}

// newAccounts are the profiles that the directory knows: most of the shops' and all that
// the relay has reported of.
func newAccounts(c *catalog.Catalog) []store.DirectoryProfile {
	d := &demo{random: newRandom(historySeed), troubles: newTroubles(c)}
	var accounts []store.DirectoryProfile
	for i, p := range append(newRelayProfiles(), d.profiles()...) {
		if i < relayProfiles || i%unlistedShare != 0 {
			accounts = append(accounts, store.DirectoryProfile{
				ProfileID: p.id, Network: string(p.network), ProfileName: p.name, OwnerID: p.owner, CredentialID: p.credential,
			})
		}
	}
	return accounts
}

// newRelayProfiles are the relay's profiles. Of some the directory has no name or no
// credential.
func newRelayProfiles() []shopProfile {
	networks := []domain.Network{domain.Facebook, domain.LinkedIn, domain.Pinterest}
	var profiles []shopProfile
	for i := range relayProfiles {
		owner := fmt.Sprintf("shop-%d", 301+i/len(networks))
		p := shopProfile{
			id: fmt.Sprintf("r-%d", 3001+i), owner: owner, network: networks[i%len(networks)],
			name:       demoFirst[i/len(networks)] + " " + demoSecond[len(demoSecond)-1-i/len(networks)],
			credential: fmt.Sprint(owner, "-", networks[i%len(networks)]),
		}
		if i%5 == 4 {
			p.credential = ""
		}
		if i%7 == 6 {
			p.name = ""
		}
		profiles = append(profiles, p)
	}
	return profiles
}

// relay makes up what the relay reports, and what came of looking it up.
func (d *demo) relay() {
	for i, p := range newRelayProfiles() {
		told := shopProfile{id: p.id} // what the directory has told
		at := d.end.Add(-time.Duration(relayProfiles-i)*relayNew + d.within(time.Hour))
		for ; at.Before(d.end); at = at.Add(relayGap/2 + d.within(relayGap)) {
			if told.network == "" && d.directoryIsAway(at) {
				continue // it would be in quarantine
			}
			d.reportRelayed(p, &told, at)
		}
	}
}

// directoryIsAway is true for some hours of the last day.
func (d *demo) directoryIsAway(at time.Time) bool {
	ago := d.end.Sub(at)
	return ago > 9*time.Hour && ago < 15*time.Hour
}

func (d *demo) reportRelayed(p shopProfile, told *shopProfile, at time.Time) {
	lookups := d.lookUp(p, told, at)
	s := sender{name: relayName, operation: "forward-post", leavesOut: []string{"network", "profile_name", "owner_id", "credential_id"}}
	trouble := d.chooseTrouble(p.network, at)
	for trouble.disconnects() {
		trouble = d.chooseTrouble(p.network, at)
	}
	d.reportBy(s, *told, at, domain.Failed, pick(d.random, trouble.samples))
	d.events[len(d.events)-1].lookups = lookups
}

func (t likelyTrouble) disconnects() bool {
	info, _ := t.reason.Cause().Info()
	return info.Category.Disconnects()
}

// lookUp looks the fields up that are not known of a profile as yet.
func (d *demo) lookUp(p shopProfile, told *shopProfile, at time.Time) []store.Lookup {
	var lookups []store.Lookup
	for _, f := range []struct {
		name  string
		value string
		told  *string
	}{
		{"network", string(p.network), (*string)(&told.network)}, {"profile_name", p.name, &told.name},
		{"owner_id", p.owner, &told.owner}, {"credential_id", p.credential, &told.credential},
	} {
		switch {
		case *f.told != "":
			continue
		case d.directoryIsAway(at):
			lookups = append(lookups, store.Lookup{Field: f.name, Result: store.LookupUnavailable})
		case f.value == "":
			lookups = append(lookups, store.Lookup{Field: f.name, Result: store.LookupUnknown})
		default:
			lookups = append(lookups, store.Lookup{Field: f.name, Result: store.LookupFound})
			*f.told = f.value
		}
	}
	return lookups
}
