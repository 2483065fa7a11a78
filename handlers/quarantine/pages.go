package quarantine

import "wherefore/store"

// Pages answers the requests of the quarantine and of sources.
type Pages struct {
	Store     *store.Store
	Directory *store.Directory // nil without one
	Days      int              // after which an open entry expires, and an ended one is removed
	Reread    store.Reader     // reads entries in quarantine again
}
