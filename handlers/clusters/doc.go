// Package clusters answers the requests of the pages of clusters, and of those on
// which people change them.
//
//	pages.go      what the pages need
//	clusters.go   the list
//	cluster.go    one cluster; grouping.go its values, shapes, similar clusters and history
//	edits.go      merging, unmerging and splitting
//	ignore.go     ignoring and reopening
package clusters
