package quarantine

// What the tests need to know of the inside.
const (
	EntriesPerPage = entriesPerPage
	ShownBytes     = shownBytes
)
