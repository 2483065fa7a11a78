package clusters

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"wherefore/domain"
	"wherefore/domain/cluster"
	"wherefore/store"
	"wherefore/views"
	"wherefore/views/ui"
)

const (
	countedErrors  = 2000 // newest errors whose values are counted
	shownValues    = 5    // behind a mask
	shownShapes    = 20
	similarFrom    = 1000 // newest clusters that are searched for similar ones
	shownSimilar   = 4
	shownEdits     = 10
	comparedErrors = 3 // samples of each of two clusters
)

// addGrouping adds a cluster's values, shapes, similar clusters and history.
func (ps *Pages) addGrouping(ctx context.Context, c store.Cluster, p *views.ClusterPageProps) (err error) {
	if p.Values, p.ValuesIn, err = ps.maskValues(ctx, c); err != nil {
		return err
	}
	if p.Shapes, p.ShapesIn, err = ps.shapes(ctx, c.ID, shownShapes); err != nil {
		return err
	}
	for _, shape := range p.Shapes {
		if cluster.Covers(c.Template, shape.Template) {
			p.Common += shape.Events
		}
	}
	if p.Similar, err = ps.similar(ctx, c); err != nil {
		return err
	}
	if p.Ignored, err = ps.ignoredUntil(ctx, c); err != nil {
		return err
	}
	p.History, err = ps.clusterHistory(ctx, c.ID)
	return err
}

// maskValues counts the values behind the masks of a cluster's template.
func (ps *Pages) maskValues(ctx context.Context, c store.Cluster) ([]views.MaskValuesProps, int, error) {
	messages, err := ps.Store.ClusterMessages(ctx, c.ID, countedErrors)
	if err != nil {
		return nil, 0, err
	}
	masks, fit := cluster.CountValues(c.Template, messages)
	var props []views.MaskValuesProps
	for i, mask := range masks {
		p := views.MaskValuesProps{Context: mask.Context, Mask: i, Different: len(mask.Values)}
		for _, v := range mask.Values[:min(len(mask.Values), shownValues)] {
			p.Values = append(p.Values, valueProps(c, i, v))
		}
		props = append(props, p)
	}
	return props, fit, nil
}

// valueProps leaves the digest empty when the value can't be split off.
func valueProps(c store.Cluster, mask int, v cluster.ValueCount) views.ValueProps {
	p := views.ValueProps{Text: v.Value, N: v.Messages}
	if _, ok := cluster.FixValue(c.Template, mask, v.Value); ok {
		p.Digest = digest(v.Value)
	}
	return p
}

// digest is the name of a value in pages and forms. The value itself may be any text,
// and a form would not send back the same bytes.
func digest(value string) string {
	sum := sha256.Sum256([]byte(value))
	return hex.EncodeToString(sum[:8])
}

func (ps *Pages) shapes(ctx context.Context, id domain.ClusterID, limit int) ([]views.ShapeProps, int, error) {
	shapes, total, err := ps.Store.ClusterShapes(ctx, id, limit)
	var props []views.ShapeProps
	for _, s := range shapes {
		props = append(props, views.ShapeProps{
			Hash: strconv.FormatUint(uint64(s.Hash), 16), Template: s.Template, Masks: cluster.Masks(s.Template), Events: s.Events,
		})
	}
	return props, total, err
}

// similar lists the clusters of the network that resemble one most.
func (ps *Pages) similar(ctx context.Context, c store.Cluster) ([]views.ClusterProps, error) {
	found, err := Similar(ctx, ps.Store, c)
	var props []views.ClusterProps
	for _, o := range found {
		props = append(props, Props(o))
	}
	return props, err
}

// Similar are the clusters of the network that resemble one most.
func Similar(ctx context.Context, s *store.Store, c store.Cluster) ([]store.Cluster, error) {
	all, err := s.ClusterTemplates(ctx, c.Network, similarFrom)
	if err != nil {
		return nil, err
	}
	all = slices.DeleteFunc(all, func(o store.ClusterTemplate) bool { return o.ID == c.ID })
	templates := make([]string, len(all))
	for i, o := range all {
		templates[i] = o.Template
	}
	var ids []domain.ClusterID
	for _, i := range cluster.Similar(c.Template, templates, shownSimilar) {
		ids = append(ids, all[i].ID)
	}
	return s.ClustersByID(ctx, ids)
}

// ignoredUntil says until when a cluster is ignored, "" unless it is.
func (ps *Pages) ignoredUntil(ctx context.Context, c store.Cluster) (string, error) {
	if c.State != "ignored" {
		return "", nil
	}
	i, err := ps.Store.IgnoredCluster(ctx, c.ID)
	var until []string
	if !i.Until.IsZero() {
		until = append(until, i.Until.UTC().Format("2 January 2006"))
	}
	if i.Events > 0 {
		until = append(until, ui.Plural(i.Events, "more error has come", "more errors have come"))
	}
	if i.Profiles > 0 {
		until = append(until, ui.Plural(i.Profiles, "profile has had one", "profiles have had one"))
	}
	if i.Above > 0 {
		until = append(until, "there are more than "+ui.Number(i.Above)+" in 24 hours")
	}
	if len(until) == 0 {
		return "until somebody opens it again", err
	}
	return "until " + strings.Join(until, " or "), err
}

// clusterHistory lists the changes of a cluster, the newest first.
func (ps *Pages) clusterHistory(ctx context.Context, id domain.ClusterID) ([]views.ClusterHistoryProps, error) {
	entries, err := ps.Store.ClusterHistory(ctx, id, shownEdits)
	var acts []views.ClusterHistoryProps
	for _, e := range entries {
		acts = append(acts, clusterHistoryProps(e))
	}
	return acts, err
}

func clusterHistoryProps(e store.AuditEntry) views.ClusterHistoryProps {
	var details struct {
		Why      string
		Merged   domain.ClusterID
		TakenOut domain.ClusterID `json:"taken_out"`
		SplitOff domain.ClusterID `json:"split_off"`
		Shapes   int
	}
	_ = json.Unmarshal(e.Details, &details) // missing details are not shown
	p := views.ClusterHistoryProps{At: e.At, Actor: e.Actor, Why: details.Why}
	switch e.Action {
	case "cluster.merge":
		p.What, p.Other = "merged into it", details.Merged
	case "cluster.unmerge":
		p.What, p.Other = "took "+ui.Plural(details.Shapes, "shape", "shapes")+" out to", details.TakenOut
	case "cluster.split":
		p.What, p.Other = "split off", details.SplitOff
	case "cluster.ignore":
		p.What = "ignored it"
	case "cluster.reopen":
		p.What = "opened it again"
	}
	return p
}
