// Package reports answers the requests of the pages that sum up: the last day,
// reasons, and reasons over time.
//
//	pages.go                   what the pages need
//	overview.go                the last day; overview_needless.go overview_rates.go parts of it
//	reasons.go                 the catalogue
//	trends.go trend_table.go   reasons over time
package reports
