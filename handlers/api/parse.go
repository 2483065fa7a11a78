package api

import (
	"net/http"
	"slices"

	"wherefore/domain"
	"wherefore/domain/facts"
	"wherefore/store"
)

// verdict is what the live ruleset says of an error that is not stored.
type verdict struct {
	Network  domain.Network    `json:"network"`
	Reason   *domain.ReasonID  `json:"reason"`
	Category domain.Category   `json:"category,omitempty"`
	Parser   string            `json:"parser,omitempty"`
	Ruleset  int               `json:"ruleset"`
	Format   facts.Format      `json:"format"`
	Status   int               `json:"status,omitempty"`
	Code     string            `json:"code"`
	Subcode  string            `json:"subcode"`
	Type     string            `json:"type"`
	Evidence []domain.Evidence `json:"evidence"`
	Template string            `json:"template,omitempty"` // of an unparsed error
}

// Parse answers what an error means, and stores nothing.
func (a *API) Parse(w http.ResponseWriter, r *http.Request, _ store.Source) error {
	held := share{of: &a.inFlight}
	defer held.release()
	raw, err := readBody(w, r, 2*maxError, &held)
	if err != nil {
		return err
	}
	fields, ok := members(raw)
	if !ok {
		return domain.Errorf(domain.Invalid, `Send a JSON object, such as {"network": "facebook", "error": …}.`)
	}
	in := objectReader{fields: fields}
	network := in.network("network")
	status := in.status("http_status")
	if status == 0 && slices.Contains(in.mended, "http_status") {
		in.fail("http_status", "Give a number from 0 to 999, or leave it out.")
	}
	sent := in.networkError("error")
	if in.err != nil {
		return in.err
	}
	return writeJSON(w, a.verdict(network, status, sent))
}

func (a *API) verdict(n domain.Network, status int, raw []byte) verdict {
	x := a.Engine.Explain(n, status, raw)
	f, v := x.Facts, x.Verdict
	out := verdict{
		Network: n, Parser: v.Parser, Ruleset: v.Ruleset, Format: f.Format, Status: f.Status,
		Code: f.Code, Subcode: f.Subcode, Type: f.Type, Evidence: append([]domain.Evidence{}, v.Evidence...),
	}
	if !v.Parsed() {
		out.Template = x.Shape.Template
		return out
	}
	info, _ := v.Reason.Cause().Info()
	out.Reason, out.Category = &v.Reason, info.Category
	return out
}

// network reads a network's short name, which must be a known one.
func (in *objectReader) network(field string) domain.Network {
	n := domain.Network(in.word(field))
	if in.err == nil && !n.Known() {
		in.fail(field, "Give one of %v, not %q.", domain.Networks(), n)
	}
	return n
}
