package clusters

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"wherefore/domain"
	"wherefore/domain/cluster"
	"wherefore/handlers"
	"wherefore/handlers/input"
	"wherefore/store"
	"wherefore/views"
	"wherefore/views/ui"
)

// Each change of a cluster has a page with a preview and a form. A refused form is
// shown again with its input.

// shownChoices is how many shapes can be chosen from.
const shownChoices = 200

// clusterEdit reads what all these pages need.
func (ps *Pages) clusterEdit(r *http.Request) (store.Cluster, views.ClusterEditProps, error) {
	c, err := Find(r.Context(), ps.Store, r.PathValue("id"))
	return c, views.ClusterEditProps{
		Viewer: handlers.Viewer(r.Context()), Now: time.Now(), Cluster: Props(c), Why: input.Why.In(input.Of(r)),
	}, err
}

// refused adds an error of the form's input to the page. It returns any other error.
func refused(p *views.ClusterEditProps, err error) error {
	var invalid *domain.Error
	if !errors.As(err, &invalid) || invalid.Kind != domain.Invalid {
		return err
	}
	p.Problems = append(p.Problems, ui.ProblemProps{Field: invalid.Field, Message: invalid.Message})
	return nil
}

// statusOf is the HTTP status of a page with a form.
func statusOf(p views.ClusterEditProps) int {
	if len(p.Problems) > 0 {
		return http.StatusUnprocessableEntity
	}
	return http.StatusOK
}

func redirectToCluster(w http.ResponseWriter, r *http.Request, id domain.ClusterID) error {
	http.Redirect(w, r, string(views.ClusterURL(id)), http.StatusSeeOther)
	return nil
}

// CompareClusters shows a cluster beside one that may be merged into it.
func (ps *Pages) CompareClusters(w http.ResponseWriter, r *http.Request) error {
	c, p, err := ps.clusterEdit(r)
	if err != nil {
		return err
	}
	return ps.showMerge(w, r, c, views.MergeProps{ClusterEditProps: p, Typed: input.OtherCluster.In(input.Of(r))})
}

func (ps *Pages) showMerge(w http.ResponseWriter, r *http.Request, c store.Cluster, p views.MergeProps) error {
	ctx := r.Context()
	other, err := ps.otherCluster(ctx, c, p.Typed)
	if err != nil {
		if err := refused(&p.ClusterEditProps, err); err != nil {
			return err
		}
	}
	if other.ID == 0 {
		p.Similar, err = ps.similar(ctx, c)
	} else {
		p.Other = Props(other)
		p.Samples, err = ps.samplesOfBoth(ctx, c, other)
	}
	if err != nil {
		return err
	}
	return handlers.Render(w, r, statusOf(p.ClusterEditProps), views.MergeClusters(p))
}

// otherCluster looks up the other cluster by the id that was typed. It returns a zero
// Cluster when none was.
func (ps *Pages) otherCluster(ctx context.Context, c store.Cluster, typed string) (store.Cluster, error) {
	if typed == "" {
		return store.Cluster{}, nil
	}
	other, err := Find(ctx, ps.Store, strings.TrimSpace(typed))
	switch {
	case domain.KindOf(err) == domain.NotFound || err == nil && other.Network != c.Network:
		return store.Cluster{}, domain.InvalidField("other", "There is no such cluster of %s.", c.Network.Name())
	case err == nil && other.ID == c.ID:
		return store.Cluster{}, domain.InvalidField("other", "This is the cluster itself.")
	}
	return other, err
}

func (ps *Pages) samplesOfBoth(ctx context.Context, clusters ...store.Cluster) (both [2][]string, err error) {
	for i, c := range clusters {
		samples, err := ps.Store.ClusterSamples(ctx, c.ID, comparedErrors)
		if err != nil {
			return both, err
		}
		for _, s := range samples {
			both[i] = append(both[i], SampleProps(s).Text)
		}
	}
	return both, nil
}

// MergeClusters merges another cluster into one. A form that is sent twice merges
// once.
func (ps *Pages) MergeClusters(w http.ResponseWriter, r *http.Request) error {
	c, p, err := ps.clusterEdit(r)
	if err != nil {
		return err
	}
	in := input.Of(r)
	typed := input.OtherCluster.In(in)
	other := domain.ParseClusterID(typed)
	switch err = in.Err(); {
	case err != nil:
	case other == 0:
		err = domain.InvalidField("other", "Give the number of a cluster.")
	default:
		err = ps.Store.MergeClusters(r.Context(), handlers.Actor(r.Context()), c.ID, other, p.Why)
	}
	if domain.KindOf(err) == domain.Conflict {
		if o, lookup := ps.Store.Cluster(r.Context(), other); lookup == nil && o.MergedInto == c.ID {
			err = nil
		}
	}
	if err == nil {
		return redirectToCluster(w, r, c.ID)
	}
	if err := refused(&p, err); err != nil {
		return err
	}
	return ps.showMerge(w, r, c, views.MergeProps{ClusterEditProps: p, Typed: typed})
}

// ChooseShapes shows the shapes of a cluster, so that some can be taken out.
func (ps *Pages) ChooseShapes(w http.ResponseWriter, r *http.Request) error {
	c, p, err := ps.clusterEdit(r)
	if err != nil {
		return err
	}
	return ps.showUnmerge(w, r, c, views.UnmergeProps{ClusterEditProps: p})
}

func (ps *Pages) showUnmerge(w http.ResponseWriter, r *http.Request, c store.Cluster, p views.UnmergeProps) (err error) {
	if p.Shapes, p.ShapesIn, err = ps.shapes(r.Context(), c.ID, shownChoices); err != nil {
		return err
	}
	return handlers.Render(w, r, statusOf(p.ClusterEditProps), views.UnmergeShapes(p))
}

// UnmergeShapes moves the chosen shapes out of a cluster.
func (ps *Pages) UnmergeShapes(w http.ResponseWriter, r *http.Request) error {
	c, p, err := ps.clusterEdit(r)
	if err != nil {
		return err
	}
	in := input.Of(r)
	chosen := map[string]bool{}
	var shapes []uint64
	for text, hash := range input.Shapes.In(in) {
		chosen[text] = true
		shapes = append(shapes, hash)
	}
	var fresh domain.ClusterID
	if err = in.Err(); err == nil {
		fresh, err = ps.Store.UnmergeShapes(r.Context(), handlers.Actor(r.Context()), c.ID, shapes, p.Why)
	}
	if err == nil {
		return redirectToCluster(w, r, fresh)
	}
	if err := refused(&p, err); err != nil {
		return err
	}
	return ps.showUnmerge(w, r, c, views.UnmergeProps{ClusterEditProps: p, Chosen: chosen})
}

// ChooseSplit shows which errors would be split off a cluster.
func (ps *Pages) ChooseSplit(w http.ResponseWriter, r *http.Request) error {
	c, p, err := ps.clusterEdit(r)
	if err != nil {
		return err
	}
	return ps.showSplit(w, r, c, views.SplitProps{ClusterEditProps: p})
}

func (ps *Pages) showSplit(w http.ResponseWriter, r *http.Request, c store.Cluster, p views.SplitProps) error {
	found, err := ps.splitValue(r, c)
	if err != nil {
		return err
	}
	shape, _ := cluster.FixValue(c.Template, found.mask, found.Value) // splitValue has tried it
	p.Mask, p.Value, p.In = strconv.Itoa(found.mask), valueProps(c, found.mask, found.ValueCount), found.in
	p.Template, p.Marks = shape.Template, cluster.Masks(shape.Template)
	return handlers.Render(w, r, statusOf(p.ClusterEditProps), views.SplitCluster(p))
}

// splitValue is a value behind a mask in the newest errors.
type splitValue struct {
	cluster.ValueCount
	mask, in int // the mask's index; how many errors were counted
}

// splitValue finds the value that a request names by its digest.
func (ps *Pages) splitValue(r *http.Request, c store.Cluster) (splitValue, error) {
	gone := domain.Errorf(domain.NotFound, "This value is not among the newest errors of cluster %d.", c.ID)
	in := input.Of(r)
	mask := input.Mask.In(in)
	messages, err := ps.Store.ClusterMessages(r.Context(), c.ID, countedErrors)
	if err != nil {
		return splitValue{}, err
	}
	masks, fit := cluster.CountValues(c.Template, messages)
	if mask >= len(masks) {
		return splitValue{}, gone
	}
	for _, v := range masks[mask].Values {
		if p := valueProps(c, mask, v); p.Digest != "" && p.Digest == input.MaskedValue.In(in) {
			return splitValue{v, mask, fit}, nil
		}
	}
	return splitValue{}, gone
}

// SplitCluster splits the errors with a value off a cluster.
func (ps *Pages) SplitCluster(w http.ResponseWriter, r *http.Request) error {
	c, p, err := ps.clusterEdit(r)
	if err != nil {
		return err
	}
	wrong := input.Of(r).Err()
	found, err := ps.splitValue(r, c)
	if err != nil {
		return cmp.Or(wrong, err) // there is no split to show
	}
	var fresh domain.ClusterID
	if err = wrong; err == nil {
		fresh, err = ps.Store.SplitCluster(r.Context(), handlers.Actor(r.Context()), c.ID, found.mask, found.Value, p.Why)
	}
	if err == nil {
		return redirectToCluster(w, r, fresh)
	}
	if err := refused(&p, err); err != nil {
		return err
	}
	return ps.showSplit(w, r, c, views.SplitProps{ClusterEditProps: p})
}
