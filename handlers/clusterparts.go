package handlers

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"wherefore/domain/cluster"
	"wherefore/store"
	"wherefore/views"
	"wherefore/views/ui"
)

const (
	talliedErrors  = 2000 // newest errors in which values are counted
	shownValues    = 5    // of a masked part
	shownShapes    = 20
	similarFrom    = 1000 // newest clusters that similar ones are looked for in
	shownSimilar   = 4
	shownActs      = 10
	comparedErrors = 3 // samples of each of two clusters
)

// addGrouping adds what the cluster was made of, and what was done to it.
func (d *Dashboard) addGrouping(ctx context.Context, c store.Cluster, p *views.ClusterPageProps) (err error) {
	if p.Places, p.PlacesIn, err = d.places(ctx, c); err != nil {
		return err
	}
	if p.Shapes, p.ShapesIn, err = d.shapes(ctx, c.ID, shownShapes); err != nil {
		return err
	}
	for _, shape := range p.Shapes {
		if cluster.Covers(c.Template, shape.Template) {
			p.Common += shape.Events
		}
	}
	if p.Similar, err = d.similar(ctx, c); err != nil {
		return err
	}
	if p.Ignored, err = d.ignoredUntil(ctx, c); err != nil {
		return err
	}
	p.History, err = d.clusterHistory(ctx, c.ID)
	return err
}

// places counts the values behind the masks of a cluster's template.
func (d *Dashboard) places(ctx context.Context, c store.Cluster) ([]views.MaskedProps, int, error) {
	messages, err := d.Store.ClusterMessages(ctx, c.ID, talliedErrors)
	if err != nil {
		return nil, 0, err
	}
	places, fit := cluster.CountValues(c.Template, messages)
	var props []views.MaskedProps
	for i, place := range places {
		p := views.MaskedProps{Context: place.Context, Mask: i, Different: len(place.Values)}
		for _, v := range place.Values[:min(len(place.Values), shownValues)] {
			p.Values = append(p.Values, valueProps(c, i, v))
		}
		props = append(props, p)
	}
	return props, fit, nil
}

// valueProps has no digest when the value can't be split off.
func valueProps(c store.Cluster, mask int, v cluster.ValueCount) views.ValueProps {
	p := views.ValueProps{Text: v.Value, N: v.Messages}
	if _, ok := cluster.FixValue(c.Template, mask, v.Value); ok {
		p.Digest = digest(v.Value)
	}
	return p
}

// digest is how a page names a value that came from others: the value itself
// would not survive being written into a page and read from a form.
func digest(value string) string {
	sum := sha256.Sum256([]byte(value))
	return hex.EncodeToString(sum[:8])
}

func (d *Dashboard) shapes(ctx context.Context, id int64, limit int) ([]views.ShapeProps, int, error) {
	shapes, total, err := d.Store.ClusterShapes(ctx, id, limit)
	var props []views.ShapeProps
	for _, s := range shapes {
		props = append(props, views.ShapeProps{
			Hash: strconv.FormatUint(uint64(s.Hash), 16), Template: s.Template, Masks: cluster.Masks(s.Template), Events: s.Events,
		})
	}
	return props, total, err
}

// similar lists the clusters of the network that resemble one most.
func (d *Dashboard) similar(ctx context.Context, c store.Cluster) ([]views.ClusterProps, error) {
	all, err := d.Store.ClusterTemplates(ctx, c.Network, similarFrom)
	if err != nil {
		return nil, err
	}
	all = slices.DeleteFunc(all, func(o store.ClusterTemplate) bool { return o.ID == c.ID })
	templates := make([]string, len(all))
	for i, o := range all {
		templates[i] = o.Template
	}
	var ids []int64
	for _, i := range cluster.Similar(c.Template, templates, shownSimilar) {
		ids = append(ids, all[i].ID)
	}
	found, err := d.Store.ClustersByID(ctx, ids)
	var props []views.ClusterProps
	for _, o := range found {
		props = append(props, clusterProps(o))
	}
	return props, err
}

// ignoredUntil says what brings a cluster back, "" unless it is ignored.
func (d *Dashboard) ignoredUntil(ctx context.Context, c store.Cluster) (string, error) {
	if c.State != "ignored" {
		return "", nil
	}
	i, err := d.Store.IgnoredCluster(ctx, c.ID)
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
		return "until somebody brings it back", err
	}
	return "until " + strings.Join(until, " or "), err
}

// clusterHistory lists what was done to a cluster, the newest first.
func (d *Dashboard) clusterHistory(ctx context.Context, id int64) ([]views.ClusterActProps, error) {
	entries, err := d.Store.ClusterHistory(ctx, id, shownActs)
	var acts []views.ClusterActProps
	for _, e := range entries {
		acts = append(acts, actProps(e))
	}
	return acts, err
}

func actProps(e store.AuditEntry) views.ClusterActProps {
	var details struct {
		Why      string
		Merged   int64
		TakenOut int64 `json:"taken_out"`
		SplitOff int64 `json:"split_off"`
		Shapes   int
	}
	_ = json.Unmarshal(e.Details, &details) // what it does not hold is not shown
	p := views.ClusterActProps{At: e.At, Actor: e.Actor, Why: details.Why}
	other := int64(0)
	switch e.Action {
	case "cluster.merge":
		p.Words, other = "merged into it", details.Merged
	case "cluster.unmerge":
		p.Words, other = "took "+ui.Plural(details.Shapes, "wording", "wordings")+" out to", details.TakenOut
	case "cluster.split":
		p.Words, other = "split off", details.SplitOff
	case "cluster.ignore":
		p.Words = "ignored it"
	case "cluster.reopen":
		p.Words = "brought it back"
	}
	if other != 0 {
		p.Other = strconv.FormatInt(other, 10)
	}
	return p
}
