package store_test

import (
	"crypto/rand"
	"testing"

	"wherefore/domain"
	"wherefore/store"
	"wherefore/store/storetest"
)

func TestDraftsAreTheirAuthors(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	ann, bea := storetest.User(t, s, domain.Engineer), storetest.User(t, s, domain.Admin)
	d := store.Draft{ID: rand.Text(), Network: domain.Facebook, Name: "mine\x00", Form: "condition=code"}
	for _, form := range []string{"condition=cod", "condition=code"} { // the later one holds
		d.Form = form
		if err := s.KeepDraft(t.Context(), ann.ID, d); err != nil {
			t.Fatal(err)
		}
	}
	if all := must(s.Drafts(t.Context(), ann.ID, domain.Facebook))(t); len(all) != 1 || all[0].Form != "condition=code" || all[0].SavedAt.IsZero() {
		t.Errorf("drafts %+v", all)
	}
	if all := must(s.Drafts(t.Context(), ann.ID, domain.X))(t); len(all) != 0 {
		t.Errorf("of another network: %+v", all)
	}
	if _, err := s.Draft(t.Context(), bea.ID, d.ID); domain.KindOf(err) != domain.NotFound {
		t.Errorf("somebody else finds it: %v", err)
	}
	if _, err := s.DiscardDraft(t.Context(), actor(bea), d.ID); domain.KindOf(err) != domain.NotFound {
		t.Errorf("somebody else discards it: %v", err)
	}
	if n := must(s.DiscardDraft(t.Context(), actor(ann), d.ID))(t); n != domain.Facebook {
		t.Errorf("discarded on %s", n)
	}
	if audit := must(s.Audit(t.Context(), "", 1))(t).Rows; audit[0].Action != "draft.discard" {
		t.Errorf("audit %+v", audit)
	}
	if _, err := s.Draft(t.Context(), ann.ID, d.ID); domain.KindOf(err) != domain.NotFound {
		t.Errorf("discarded, it is found: %v", err)
	}
	if err := s.KeepDraft(t.Context(), ann.ID, store.Draft{ID: "made up", Network: domain.Facebook}); domain.KindOf(err) != domain.Invalid {
		t.Errorf("an id that is none: %v", err)
	}
}

func TestNewestDraftsAreKept(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	ann := storetest.User(t, s, domain.Engineer)
	var first, last string
	for i := range 52 {
		d := store.Draft{ID: rand.Text(), Network: domain.Facebook, Name: "one", Form: "a=b"}
		if last = d.ID; i == 0 {
			first = d.ID
		}
		if err := s.KeepDraft(t.Context(), ann.ID, d); err != nil {
			t.Fatal(err)
		}
	}
	if all := must(s.Drafts(t.Context(), ann.ID, domain.Facebook))(t); len(all) != 50 || all[0].ID != last {
		t.Errorf("%d are kept, the newest %+v", len(all), all[0])
	}
	if _, err := s.Draft(t.Context(), ann.ID, first); domain.KindOf(err) != domain.NotFound {
		t.Errorf("the oldest is kept: %v", err)
	}
	if err := s.EndDraft(t.Context(), ann.ID, last); err != nil {
		t.Fatal(err)
	}
	if err := s.EndDraft(t.Context(), ann.ID, last); err != nil {
		t.Errorf("ended twice: %v", err)
	}
}
