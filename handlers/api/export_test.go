package api

// MaxInFlight is what Hold can take at most.
const MaxInFlight = maxInFlight

// InFlight is how many bytes requests take at the moment.
func (a *API) InFlight() int64 { return a.inFlight.bytes.Load() }

// Hold takes what a request of n bytes would.
func (a *API) Hold(n int) (release func(), err error) {
	s := &share{of: &a.inFlight}
	return s.release, s.take(n)
}
