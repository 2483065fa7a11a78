package profiles

// What the tests need to know of the inside.
const (
	ProfilesFound   = profilesFound
	ProfilesAtOnce  = profilesAtOnce
	TimelinePerPage = timelinePerPage
)
