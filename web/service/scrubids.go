package service

import (
	"net/http"
	"net/url"
	"strings"

	"wherefore/domain/scrub"
)

// idParameters are the parameters of addresses that hold the ids of senders.
var idParameters = []string{"q", "profile", "profile_id", "id"}

// scrubIDs puts the keyed hash in place of each id in an address that is or holds a
// secret, before anything reads, logs or shows the address. Look-ups find what they
// look for all the same, since it is stored under that hash.
func scrubIDs(ids scrub.Hasher, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		scrubPath(ids, r.URL)
		scrubQuery(ids, r.URL)
		next.ServeHTTP(w, r)
	})
}

func scrubPath(ids scrub.Hasher, u *url.URL) {
	segments := strings.Split(u.EscapedPath(), "/")
	changed := false
	for i, segment := range segments {
		sent, err := url.PathUnescape(segment)
		if err != nil {
			continue
		}
		if id := ids.ID(sent); id != sent {
			segments[i], changed = url.PathEscape(id), true
		}
	}
	if !changed {
		return
	}
	u.RawPath = strings.Join(segments, "/")
	u.Path, _ = url.PathUnescape(u.RawPath)
}

func scrubQuery(ids scrub.Hasher, u *url.URL) {
	if u.RawQuery == "" {
		return
	}
	query, changed := u.Query(), false
	for _, name := range idParameters {
		for i, sent := range query[name] {
			if id := ids.ID(sent); id != sent {
				query[name][i], changed = id, true
			}
		}
	}
	if changed {
		u.RawQuery = query.Encode()
	}
}
