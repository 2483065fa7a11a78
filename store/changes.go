package store

import (
	"context"
	"encoding/json"
	"maps"
	"slices"

	"github.com/jmoiron/sqlx"

	"wherefore/domain"
)

// all lists the parsers of a version, the retired ones last.
func (r Ruleset) all() []Parser {
	all := slices.Clone(r.Parsers)
	for _, p := range r.Retired {
		all = append(all, p.Parser)
	}
	return all
}

// Behind names the parser that comes before the one of a name, "" when that is
// the first, or is not in the ruleset.
func (r Ruleset) Behind(name string) string {
	if i := r.place(name); i > 0 {
		return r.Parsers[i-1].Name
	}
	return ""
}

// Has reports whether a parser of a name is asked.
func (r Ruleset) Has(name string) bool { return r.place(name) >= 0 }

// place is the position of the parser of a name, -1 without one.
func (r Ruleset) place(name string) int {
	return slices.IndexFunc(r.Parsers, func(p Parser) bool { return p.Name == name })
}

// Without is the ruleset with a parser retired; Invalid when it is not live.
func (r Ruleset) Without(name string) (Ruleset, error) {
	i := r.place(name)
	if i < 0 {
		return r, notLive(name)
	}
	retired := Retired{r.Parsers[i], r.Behind(name)}
	r.Parsers = slices.Delete(slices.Clone(r.Parsers), i, i+1)
	r.Retired = append(slices.Clone(r.Retired), retired)
	return r, nil
}

// WithRetired is the ruleset with a retired parser live again, at the place that
// it had: first, if the parser that it stood behind is gone. Invalid when there
// is no such retired parser.
func (r Ruleset) WithRetired(name string) (Ruleset, error) {
	i := slices.IndexFunc(r.Retired, func(p Retired) bool { return p.Name == name })
	if i < 0 {
		return r, domain.InvalidField("parser", "there is no retired parser %q", name)
	}
	back := r.Retired[i]
	r.Parsers = slices.Insert(slices.Clone(r.Parsers), 1+r.place(back.After), back.Parser)
	r.Retired = slices.Delete(slices.Clone(r.Retired), i, i+1)
	return r, nil
}

// Moved is the ruleset with a parser behind another one, or first when after is
// "". Invalid when either is not live, or it stands there already.
func (r Ruleset) Moved(name, after string) (Ruleset, error) {
	i := r.place(name)
	switch {
	case i < 0:
		return r, notLive(name)
	case after != "" && r.place(after) < 0:
		return r, domain.InvalidField("after", "there is no live parser %q", after)
	case after == name || after == r.Behind(name):
		return r, domain.InvalidField("after", "it stands there already")
	}
	moved := r.Parsers[i]
	r.Parsers = slices.Delete(slices.Clone(r.Parsers), i, i+1)
	r.Parsers = slices.Insert(r.Parsers, 1+r.place(after), moved)
	return r, nil
}

// Like is what follows r when it is rolled back to an old version. Invalid when
// the two are the same.
func (r Ruleset) Like(old Ruleset) (Ruleset, error) {
	if r.sameAs(old) {
		return r, domain.InvalidField("version", "the live ruleset is the same as version %d", old.Version)
	}
	r.Parsers, r.Retired = slices.Clone(old.Parsers), slices.Clone(old.Retired)
	return r, nil
}

func notLive(name string) error {
	return domain.InvalidField("parser", "there is no live parser %q", name)
}

// Change says who orders or chooses a ruleset's parsers anew, and why.
type Change struct {
	By      Actor
	Action  string // for the audit log: "parser.retire", "ruleset.restore" …
	Subject string // what it is done to, within the network; "" for the ruleset
	Why     string
	Trial   json.RawMessage // kept with the version; may be nil
	AtOnce  bool            // needs no approval: what it goes back to had it
	Check   Check
	details map[string]any // for the audit log
	pins    []string       // ids of events that the parser must match from now on
}

// ChangeRuleset makes the next version of a ruleset's parsers live, as
// PromoteParser does with a new one. Next is a version read from the store, changed by Without,
// WithRetired, Moved or Like. It returns the new version, or 0 when it waits as a
// proposal. Conflict when that version is not live any more, or the check refuses
// the change; Forbidden when the user's role was lost.
func (s *Store) ChangeRuleset(ctx context.Context, next Ruleset, c Change) (int, error) {
	var version int
	err := s.tx(ctx, func(tx *sqlx.Tx) error {
		live, err := lockLive(ctx, tx, next.Network)
		if err != nil {
			return err
		}
		if err := mayPromote(ctx, tx, c.By); err != nil {
			return err
		}
		if live.Version != next.Version {
			return movedOn()
		}
		version, err = makeOrPropose(ctx, tx, live, next, c)
		return err
	})
	return version, err
}

// makeOrPropose makes a version live, with its pins and its record in the audit
// log; or, when the network needs approval, keeps it as a proposal and returns 0.
// Either only if the check lets it.
func makeOrPropose(ctx context.Context, tx *sqlx.Tx, live, next Ruleset, c Change) (int, error) {
	broken, err := checkStep(ctx, tx, live, next, c)
	if err != nil {
		return 0, err
	}
	needs, err := needsApproval(ctx, tx, live.Network)
	if err != nil {
		return 0, err
	}
	if needs && !c.AtOnce {
		return 0, propose(ctx, tx, live, next, c, broken)
	}
	version, err := makeLive(ctx, tx, live, next, release{by: c.By, why: c.Why, trial: c.Trial})
	if err != nil {
		return 0, err
	}
	if err := changePins(ctx, tx, version, c, live.Network, broken); err != nil {
		return 0, err
	}
	subject := string(live.Network)
	if c.Subject != "" {
		subject += "/" + c.Subject
	}
	details := map[string]any{"ruleset": version, "why": c.Why}
	maps.Copy(details, c.details)
	return version, addAudit(ctx, tx, c.By, c.Action, subject, details)
}
