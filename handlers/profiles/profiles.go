package profiles

import (
	"context"
	"iter"
	"net/http"
	"time"

	"wherefore/handlers"
	"wherefore/handlers/input"
	"wherefore/store"
	"wherefore/views"
)

const (
	profilesFound  = 50   // how many of a look-up a page lists
	profilesAtOnce = 1000 // of a download that are read at a time
)

// FindProfiles looks profiles up. What finds one and no other leads to it.
func (ps *Pages) FindProfiles(w http.ResponseWriter, r *http.Request) error {
	ctx, asked := r.Context(), input.LookUp.In(input.Of(r))
	found, err := ps.Store.FindProfiles(ctx, asked, profilesFound+1)
	if err != nil {
		return err
	}
	if len(found) == 1 {
		http.Redirect(w, r, string(views.ProfileURL(found[0].ID)), http.StatusSeeOther)
		return nil
	}
	rows, err := ps.profileRows(ctx, found[:min(len(found), profilesFound)])
	if err != nil {
		return err
	}
	total := len(found)
	if total > profilesFound {
		if total, err = ps.Store.CountProfilesFound(ctx, asked); err != nil {
			return err
		}
	}
	return handlers.Render(w, r, http.StatusOK, views.Profiles(views.ProfilesProps{
		Viewer: handlers.Viewer(ctx), Now: time.Now(), Asked: asked, Found: rows, Total: total, Most: store.MaxTotal,
	}))
}

// FindProfilesCSV sends all that a look-up finds, by id.
func (ps *Pages) FindProfilesCSV(w http.ResponseWriter, r *http.Request) error {
	head := []string{"profile_id", "profile_name", "network", "state", "since", "reason", "owner_id", "credential_id", "found_by"}
	return handlers.SendCSV(w, "profiles.csv", head, ps.profileRecords(r.Context(), input.LookUp.In(input.Of(r))))
}

func (ps *Pages) profileRecords(ctx context.Context, asked string) iter.Seq2[[]string, error] {
	return func(yield func([]string, error) bool) {
		for page, more := "", true; more; more = page != "" {
			found, err := ps.Store.ProfilesFound(ctx, asked, page, profilesAtOnce)
			if err != nil {
				yield(nil, err)
				return
			}
			rows, err := ps.profileRows(ctx, found.Rows)
			if err != nil {
				yield(nil, err)
				return
			}
			for _, p := range rows {
				if !yield(profileRecord(p), nil) {
					return
				}
			}
			page = found.Next
		}
	}
}

func profileRecord(p views.ProfileRow) []string {
	return []string{p.ID, p.Name, string(p.Network), string(p.State), p.Since.UTC().Format(time.RFC3339),
		string(p.Reason), p.OwnerID, p.CredentialID, p.By}
}

// profileRows adds to profiles why they are as they are.
func (ps *Pages) profileRows(ctx context.Context, found []store.ProfileMatch) ([]views.ProfileRow, error) {
	ids := make([]string, len(found))
	for i, p := range found {
		ids[i] = p.ID
	}
	reasons, err := ps.Store.LatestReasons(ctx, ids)
	rows := make([]views.ProfileRow, len(found))
	for i, p := range found {
		why := reasons[p.ID]
		rows[i] = views.ProfileRow{Profile: p.Profile, By: p.By, Reason: why.Verdict.Reason, Type: why.Type, EventID: why.EventID}
	}
	return rows, err
}
