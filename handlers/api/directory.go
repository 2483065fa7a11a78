package api

import (
	"context"
	"slices"
	"strings"

	"wherefore/domain"
	"wherefore/store"
)

// directoryFields are the fields that the directory may know.
var directoryFields = []string{"network", "profile_name", "owner_id", "credential_id"}

// fieldOf returns the field of an event that the directory may know.
func fieldOf(e *domain.Event, name string) *string {
	switch name {
	case "network":
		return (*string)(&e.Network)
	case "profile_name":
		return &e.ProfileName
	case "owner_id":
		return &e.OwnerID
	case "credential_id":
		return &e.CredentialID
	}
	return nil
}

// unknownFields are the fields of an event that have no value and that the directory
// may know.
func (a *API) unknownFields(e *domain.Event) []string {
	if a.Directory == nil || e.Network != "" && !e.Network.Known() {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(directoryFields), func(name string) bool {
		return *fieldOf(e, name) != "" || !a.Directory.Offers(name)
	})
}

// directoryAnswers asks the directory about the profiles of events of which what is
// known does not fill all fields.
func (a *API) directoryAnswers(ctx context.Context, items []item, known map[string]domain.Profile) map[string]store.DirectoryAnswer {
	asked := map[string]bool{}
	var ids []string
	for _, it := range items {
		e := it.event
		if it.err != nil || asked[e.ProfileID] {
			continue
		}
		fill(&e, known[e.ProfileID])
		if len(a.unknownFields(&e)) > 0 {
			ids, asked[e.ProfileID] = append(ids, e.ProfileID), true
		}
	}
	if len(ids) == 0 {
		return nil
	}
	return a.Directory.Profiles(ctx, ids)
}

// lookUp takes fields that have no value from what the directory answered, and says
// what came of each.
func (a *API) lookUp(e *domain.Event, answers map[string]store.DirectoryAnswer) []store.Lookup {
	answer, asked := answers[e.ProfileID]
	if !asked {
		return nil
	}
	said := a.cleanProfile(answer.Profile)
	if answer.Result == store.LookupFound && said.Network != "" && e.Network != "" && said.Network != e.Network {
		answer.Result = store.LookupRefused // the profile of another network
	}
	var lookups []store.Lookup
	for _, name := range a.unknownFields(e) {
		l := store.Lookup{Field: name, Result: answer.Result}
		value := *fieldOf(&said, name)
		switch {
		case l.Result != store.LookupFound:
		case value == "":
			l.Result = store.LookupUnknown
		case name == "network" && !said.Network.Known():
			l.Result = store.LookupRefused
		default:
			*fieldOf(e, name) = value
		}
		lookups = append(lookups, l)
	}
	if answer.Result == store.LookupFound {
		e.Scrubbed = merged(e.Scrubbed, said.Scrubbed)
	}
	return lookups
}

// cleanProfile is what the directory says of a profile, cleaned as the fields of a
// sender are, and without secrets.
func (a *API) cleanProfile(p store.DirectoryProfile) domain.Event {
	said := domain.Event{
		Network:     domain.Network(strings.ToLower(strings.TrimSpace(cleanOptional(p.Network)))),
		ProfileName: cleanOptional(p.ProfileName), OwnerID: cleanOptional(p.OwnerID), CredentialID: cleanOptional(p.CredentialID),
	}
	scrubEvent(a.IDs, &said)
	return said
}

func cleanOptional(s string) string { return withoutMarks(clip(cleanLine(s))) }

// countLookups counts look-ups by their source.
func (a *API) countLookups(source string, s *sorted) {
	if a.CountLookup == nil {
		return
	}
	for _, e := range s.events {
		for _, l := range e.Lookups {
			a.CountLookup(source, l)
		}
	}
	for _, u := range s.unusable {
		for _, l := range u.Lookups {
			a.CountLookup(source, l)
		}
	}
}

// noNetwork is why an event without a network can't be used, and when it is replayed.
func noNetwork(lookups []store.Lookup) (*domain.Error, store.NextReplay) {
	const need = "A value is needed, since the profile was never heard of"
	i := slices.IndexFunc(lookups, func(l store.Lookup) bool { return l.Field == "network" })
	if i < 0 {
		return domain.InvalidField("network", need+"."), store.NoReplay
	}
	switch lookups[i].Result {
	case store.LookupUnavailable:
		return domain.InvalidField("network", need+" and the directory does not answer."), store.ReplayAnswered
	case store.LookupRefused:
		return domain.InvalidField("network", need+" and what the directory answers can't be used."), store.ReplayLater
	default:
		return domain.InvalidField("network", need+" and the directory does not know its network."), store.ReplayLater
	}
}
