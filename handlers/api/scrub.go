package api

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"

	"wherefore/domain"
	"wherefore/domain/scrub"
)

// scrubEvent removes secrets from the fields of an event, but not from the error,
// which is scrubbed when it is explained. Ids that hold one become keyed hashes.
func scrubEvent(ids scrub.Hasher, e *domain.Event) {
	for _, id := range []*string{&e.SourceEventID, &e.ProfileID, &e.OwnerID, &e.CredentialID} {
		*id = ids.ID(*id)
	}
	network := string(e.Network)
	for _, text := range []*string{&e.Operation, &e.ProfileName, &network} {
		clean, kinds := scrub.Bytes([]byte(*text))
		if kinds != nil {
			*text = string(clean)
			e.Scrubbed = append(e.Scrubbed, kinds...)
		}
	}
	e.Network = domain.Network(network)
}

// idFields are the fields that hold ids.
var idFields = []string{"id", "profile_id", "owner_id", "credential_id"}

// scrubItem returns an item that can't be an event as it may be kept: without secrets,
// its ids as those of events, so that it still joins when it becomes one. Each text of
// the item is scrubbed by itself first, as that of an event: a table, for example, is
// seen as one only where it begins a text.
func scrubItem(ids scrub.Hasher, raw []byte) []byte {
	fields, _ := members(raw)
	for _, field := range slices.Sorted(maps.Keys(fields)) {
		sent := fields[field]
		if len(sent) == 0 || sent[0] != '"' {
			continue
		}
		text := unquote(sent)
		clean := scrub.Text(text)
		if slices.Contains(idFields, field) {
			clean = ids.ID(text)
		}
		if clean != text {
			raw = bytes.ReplaceAll(raw, sent, asJSON(clean))
		}
	}
	clean, _ := scrub.Bytes(raw)
	return clean
}

func asJSON(text string) []byte {
	b, _ := json.Marshal(text) // never fails for a text
	return b
}

// merged adds the kinds of secrets found in an error to those found before.
func merged(kinds, more []string) []string {
	kinds = append(slices.Clone(kinds), more...)
	slices.Sort(kinds)
	return slices.Compact(kinds)
}
