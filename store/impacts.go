package store

import (
	"context"
	"slices"
	"time"

	"wherefore/domain"
)

// Impact is what errors did to profiles.
type Impact struct {
	Profiles     int           // different ones
	Disconnected int           // of Profiles, those that were disconnected
	Repeated     int           // of Disconnected, those that were so more than once
	Spells       int           // that began in the period
	Cured        int           // of Spells, those that ended with a reconnection, however late
	MedianCure   time.Duration // half of the Cured took no longer, in seconds; 0 without any
}

// ImpactFilter chooses errors. Zero fields choose all.
type ImpactFilter struct {
	Network  domain.Network
	Reasons  []domain.ReasonID // "" is unparsed; nil chooses all
	Type     domain.EventType  // one with an error; of the errors that Profiles counts
	From, To time.Time         // of occurrence, in whole hours, To exclusive
	By       ImpactKey
}

// ImpactKey is what errors are grouped by.
type ImpactKey string

// The keys: a reason's id ("" for unparsed), a network, a category ("" for unparsed).
const (
	ByReason   ImpactKey = "reason"
	ByNetwork  ImpactKey = "network"
	ByCategory ImpactKey = "category"
)

func (f ImpactFilter) key(network domain.Network, reason domain.ReasonID) string {
	switch f.By {
	case ByNetwork:
		return string(network)
	case ByCategory:
		info, _ := reason.Cause().Info()
		return string(info.Category)
	default:
		return string(reason)
	}
}

// chooses reports whether a list counts. Spells count whatever the type is.
func (f ImpactFilter) chooses(k listKey) bool {
	return (f.Type == "" || k.kind == spellList || k.kind == listOf(f.Type)) &&
		(f.Reasons == nil || slices.Contains(f.Reasons, k.reason))
}

// Impacts tells what the errors that a filter chooses did to profiles, by key. Keys
// without an error are absent.
func (s *Store) Impacts(ctx context.Context, f ImpactFilter) (map[string]Impact, error) {
	c := impactCounter{filter: f, counts: map[string]*impactCount{}}
	if err := s.eachList(ctx, f.Network, f.From, f.To, c.add); err != nil {
		return nil, translate(err)
	}
	if err := c.count(); err != nil {
		return nil, err
	}
	return c.impacts(), nil
}

// impactCounter counts one network after the other: a profile is of one network, so the
// counts of networks add up.
type impactCounter struct {
	filter  ImpactFilter
	network domain.Network
	lists   map[string]*keyLists // of the network, by key
	counts  map[string]*impactCount
	seen    profileSets
}

// keyLists are the lists of a key.
type keyLists struct{ disconnected, failed, spells []dayList }

// impactCount is an Impact that is not finished.
type impactCount struct {
	Impact
	cures []uint32 // seconds
}

// add adds a list, if the filter chooses it. Lists come in the order of networks.
func (c *impactCounter) add(d impactDay, l dayList) error {
	if d.network != c.network {
		if err := c.count(); err != nil {
			return err
		}
		c.network, c.lists = d.network, map[string]*keyLists{}
	}
	if !c.filter.chooses(l.listKey) {
		return nil
	}
	key := c.filter.key(d.network, l.reason)
	if c.lists[key] == nil {
		c.lists[key] = &keyLists{}
	}
	to := c.lists[key].of(l.kind)
	*to = append(*to, l)
	return nil
}

func (l *keyLists) of(k impactKind) *[]dayList {
	switch k {
	case disconnectedList:
		return &l.disconnected
	case failedList:
		return &l.failed
	default:
		return &l.spells
	}
}

// count counts the lists of the network.
func (c *impactCounter) count() error {
	for key, lists := range c.lists {
		if c.counts[key] == nil {
			c.counts[key] = &impactCount{}
		}
		if err := c.counts[key].add(lists, &c.seen); err != nil {
			return err
		}
	}
	return nil
}

// add adds the lists of a network.
func (c *impactCount) add(lists *keyLists, seen *profileSets) error {
	seen.clear()
	err := eachEntry(lists.disconnected, func(profile uint64) { seen.disconnect(profile) })
	if err != nil {
		return err
	}
	if err := eachEntry(lists.failed, func(profile uint64) { seen.affected.add(profile) }); err != nil {
		return err
	}
	c.Profiles += seen.affected.size
	c.Disconnected += seen.disconnected.size
	c.Repeated += seen.repeated.size
	return eachEntry(lists.spells, func(length uint64) {
		c.Spells++
		if length > 0 {
			c.cures = append(c.cures, uint32(length-1))
		}
	})
}

// eachEntry calls with for the entries of lists, without their hours, once for each time
// that one was added and not removed.
func eachEntry(lists []dayList, with func(uint64)) error {
	removed := map[uint64]int{}
	for _, l := range lists {
		if err := l.each(l.removed, func(e uint64) { removed[e/hours]++ }); err != nil {
			return err
		}
	}
	unlessRemoved := func(e uint64) {
		if e /= hours; len(removed) > 0 && removed[e] > 0 {
			removed[e]--
		} else {
			with(e)
		}
	}
	for _, l := range lists {
		if err := l.each(l.added, unlessRemoved); err != nil {
			return err
		}
	}
	return nil
}

// impacts are the counts of keys with errors.
func (c *impactCounter) impacts() map[string]Impact {
	impacts := make(map[string]Impact, len(c.counts))
	for key, n := range c.counts {
		if n.Profiles > 0 {
			n.Cured, n.MedianCure = len(n.cures), median(n.cures)
			impacts[key] = n.Impact
		}
	}
	return impacts
}

// median is between the two in the middle of an even number; 0 of none.
func median(seconds []uint32) time.Duration {
	n := len(seconds)
	if n == 0 {
		return 0
	}
	slices.Sort(seconds)
	return (time.Duration(seconds[(n-1)/2]) + time.Duration(seconds[n/2])) * time.Second / 2
}

// profileSets are the profiles that were seen.
type profileSets struct{ affected, disconnected, repeated numberSet }

func (s *profileSets) clear() {
	s.affected.clear()
	s.disconnected.clear()
	s.repeated.clear()
}

func (s *profileSets) disconnect(profile uint64) {
	s.affected.add(profile)
	if !s.disconnected.add(profile) {
		s.repeated.add(profile)
	}
}

// numberSet is a set of small numbers.
type numberSet struct {
	bits []uint64
	size int
}

// add reports whether a number is new.
func (s *numberSet) add(n uint64) bool {
	word, bit := n/64, uint64(1)<<(n%64)
	if grown := int(word) + 1 - len(s.bits); grown > 0 {
		s.bits = append(s.bits, make([]uint64, grown)...)
	}
	if s.bits[word]&bit != 0 {
		return false
	}
	s.bits[word] |= bit
	s.size++
	return true
}

func (s *numberSet) clear() {
	clear(s.bits)
	s.size = 0
}
